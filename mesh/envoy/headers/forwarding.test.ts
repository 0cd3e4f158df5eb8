import { describe, expect, it } from 'vitest';
import { HeaderList } from '../runtime/header-list.ts';
import { type ForwardingSetting, forwardingHeaders } from './forwarding.ts';

const plain: ForwardingSetting = {
  useRemoteAddress: false,
  skipXffAppend: false,
  xffTrustedHops: 0,
  preserveExternalRequestId: false,
};
const edge: ForwardingSetting = { ...plain, useRemoteAddress: true };
const cgnat: ForwardingSetting = { ...edge, internal: [{ test: (ip) => ip.startsWith('100.64.') }] };

function run(setting: ForwardingSetting, ip: string, pairs: [string, string][]) {
  const headers = HeaderList.from(pairs);
  const client = forwardingHeaders(headers, { ip, isTls: false, localIp: '192.0.2.2' }, setting) ?? ip;
  return { headers, client };
}

// Measured on Envoy 1.40: x-forwarded-for, client address, x-envoy-external-address, x-envoy-internal.
describe('addresses', () => {
  const xff = (value: string): [string, string][] => [['x-forwarded-for', value]];
  it.each<[string, ForwardingSetting, string, [string, string][], (string | undefined)[]]>([
    ['plain', plain, '10.1.1.1', [], [undefined, '10.1.1.1', undefined, undefined]],
    ['plain', plain, '10.1.1.1', xff('1.2.3.4'), ['1.2.3.4', '1.2.3.4', undefined, undefined]],
    ['plain', plain, '8.8.8.8', xff('1.2.3.4, 10.0.0.9'), ['1.2.3.4, 10.0.0.9', '10.0.0.9', undefined, undefined]],
    ['plain', plain, '8.8.8.8', xff('junk'), ['junk', '8.8.8.8', undefined, undefined]],
    ['edge', edge, '10.1.1.1', [], ['10.1.1.1', '10.1.1.1', '10.1.1.1', undefined]],
    ['edge', edge, '8.8.8.8', xff('1.2.3.4'), ['1.2.3.4,8.8.8.8', '8.8.8.8', '8.8.8.8', undefined]],
    ['edge', edge, '127.0.0.1', [], ['192.0.2.2', '127.0.0.1', '127.0.0.1', undefined]],
    [
      'edge, not appending',
      { ...edge, skipXffAppend: true },
      '8.8.8.8',
      [],
      [undefined, '8.8.8.8', '8.8.8.8', undefined],
    ],
    [
      'edge, one hop',
      { ...edge, xffTrustedHops: 1 },
      '8.8.8.8',
      xff('1.2.3.4, 10.0.0.9'),
      ['1.2.3.4, 10.0.0.9,8.8.8.8', '10.0.0.9', '10.0.0.9', undefined],
    ],
    ['edge, one hop', { ...edge, xffTrustedHops: 1 }, '8.8.8.8', [], ['8.8.8.8', '8.8.8.8', '8.8.8.8', undefined]],
    [
      'edge, one hop',
      { ...edge, xffTrustedHops: 1 },
      '8.8.8.8',
      xff('junk'),
      ['junk,8.8.8.8', '8.8.8.8', '8.8.8.8', undefined],
    ],
    [
      'one hop',
      { ...plain, xffTrustedHops: 1 },
      '8.8.8.8',
      xff('1.2.3.4, 10.0.0.9'),
      ['1.2.3.4, 10.0.0.9', '1.2.3.4', undefined, undefined],
    ],
    [
      'one hop',
      { ...plain, xffTrustedHops: 1 },
      '8.8.8.8',
      xff('1.2.3.4'),
      ['1.2.3.4', '8.8.8.8', undefined, undefined],
    ],
    ['internal', cgnat, '100.64.0.1', [], ['100.64.0.1', '100.64.0.1', undefined, 'true']],
    [
      'internal behind another',
      cgnat,
      '100.64.0.1',
      xff('10.0.0.9'),
      ['10.0.0.9,100.64.0.1', '100.64.0.1', '100.64.0.1', undefined],
    ],
  ])('%s', (_, setting, ip, pairs, expected) => {
    const { headers, client } = run(setting, ip, pairs);
    const [external, internal] = [headers.get('x-envoy-external-address'), headers.get('x-envoy-internal')];
    expect([headers.get('x-forwarded-for'), client, external, internal]).toEqual(expected);
  });
});

// Measured on Envoy 1.40: which of these reach upstream.
describe('headers that outsiders send', () => {
  const kept = ['x-envoy-attempt-count', 'x-envoy-is-timeout-retry', 'x-envoy-peer-metadata'];
  const notAtTheEdge = [
    'x-envoy-decorator-operation',
    'x-envoy-downstream-service-cluster',
    'x-envoy-downstream-service-node',
    'x-envoy-original-host',
    'x-envoy-original-path',
    'x-request-id',
  ];
  const inside = [
    'x-envoy-expected-rq-timeout-ms',
    'x-envoy-force-trace',
    'x-envoy-internal',
    'x-envoy-ip-tags',
    'x-envoy-max-retries',
    'x-envoy-original-url',
    'x-envoy-retry-on',
    'x-envoy-upstream-rq-timeout-ms',
  ];
  it.each<[string, ForwardingSetting, string[]]>([
    ['plain', plain, [...kept, ...notAtTheEdge]],
    ['edge', edge, kept],
    ['edge that keeps identifiers', { ...edge, preserveExternalRequestId: true }, [...kept, 'x-request-id']],
    ['internal', cgnat, [...kept, ...notAtTheEdge, ...inside]],
  ])('%s', (_, setting, expected) => {
    const names = [...kept, ...notAtTheEdge, ...inside];
    const { headers } = run(
      setting,
      '100.64.0.1',
      names.map((name) => [name, 'evil']),
    );
    expect(names.filter((name) => headers.has(name)).sort()).toEqual([...expected].sort());
  });

  it.each([
    ['plain', plain, 'https'],
    ['edge', edge, 'http'],
    ['edge behind a hop', { ...edge, xffTrustedHops: 1 }, 'https'],
  ])('x-forwarded-proto, %s', (_, setting, expected) =>
    expect(run(setting, '8.8.8.8', [['x-forwarded-proto', 'https']]).headers.get('x-forwarded-proto')).toBe(expected),
  );
});
