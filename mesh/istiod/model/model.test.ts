import { describe, expect, it } from 'vitest';
import { durationText, parseDuration } from './duration.ts';
import { hostMatches, hostSubsetOf, moreSpecific, resolveShortName } from './host.ts';
import { canonicalService, subsetOf } from './labels.ts';
import { servicePortProtocol } from './protocol.ts';
import { parseSubsetKey } from './subset-key.ts';

describe('durations', () => {
  it.each([
    ['0', '0s'],
    ['1.5s', '1.500s'],
    ['1h30m', '5400s'],
    ['100us', '0.000100s'],
    ['3ns', '0.000000003s'],
    ['-2ms', '-0.002s'],
    ['.5s', '0.500s'],
    ['10', undefined],
    ['s', undefined],
    ['1d', undefined],
    ['', undefined],
  ])('%s is %s', (text, wanted) => expect(durationText(parseDuration(text))).toBe(wanted));
});

describe('hosts', () => {
  it.each<[string, string, boolean, boolean]>([
    ['a.b', 'a.b', true, true],
    ['a.b', 'c.b', false, false],
    ['a.b', '*.b', true, true],
    ['*.b', 'a.b', true, false],
    ['*.c.b', '*.b', true, true],
    ['*.b', '*.c.b', true, false],
    ['a', '*', true, true],
    ['*', '*', true, true],
  ])('%s and %s overlap: %s; the first within the second: %s', (a, b, overlap, within) => {
    expect([hostMatches(a, b), hostMatches(b, a), hostSubsetOf(a, b)]).toEqual([overlap, overlap, within]);
  });
  it('sorts exact names before wildcards, longer ones first', () => {
    const sorted = ['*', '*.b', 'a', 'z.b', 'a.b', '*.a.b'].sort((a, b) => (moreSpecific(a, b) ? -1 : 1));
    expect(sorted).toEqual(['a.b', 'z.b', 'a', '*.a.b', '*.b', '*']);
  });
  it.each([
    ['web', 'web.shop.svc.cluster.local'],
    ['web.other', 'web.other'],
    ['*', '*'],
    ['::1', '::1'],
  ])('the name %s in namespace shop is %s', (host, wanted) => expect(resolveShortName(host, 'shop')).toBe(wanted));
});

describe('protocols of service ports', () => {
  it.each([
    [{ name: 'http' }, 'HTTP'],
    [{ name: 'http2-api' }, 'HTTP2'],
    [{ name: 'grpc-web' }, 'GRPC-Web'],
    [{ name: 'grpc-web-x' }, 'GRPC-Web'],
    [{ name: 'grpc-x' }, 'GRPC'],
    [{ name: 'https-x' }, 'HTTPS'],
    [{ name: 'tcp' }, 'TCP'],
    [{ name: 'httpx' }, 'Auto'],
    [{ name: 'web' }, 'Auto'],
    [{ name: 'web', port: 3306 }, 'TCP'],
    [{ name: 'web', appProtocol: 'kubernetes.io/h2c' }, 'HTTP2'],
    [{ name: 'tcp', appProtocol: 'http' }, 'HTTP'],
    [{ name: 'http', protocol: 'UDP' }, 'UDP'],
  ])('%j is %s', (port, wanted) => expect(servicePortProtocol({ port: 80, ...port })).toBe(wanted));
});

describe('labels and names', () => {
  it.each([
    [{ 'service.istio.io/canonical-name': 'a', 'app.kubernetes.io/name': 'b', app: 'c' }, 'a', 'latest'],
    [{ 'app.kubernetes.io/name': 'b', app: 'c', 'app.kubernetes.io/version': '2' }, 'b', '2'],
    [{ app: 'c', version: 'v1' }, 'c', 'v1'],
    [{}, 'deployment', 'latest'],
  ])('%j has a canonical service', (labels, name, revision) => {
    expect(canonicalService(labels, 'deployment')).toEqual({ name, revision });
  });
  it('a selector without labels selects all', () => {
    expect([subsetOf(undefined, { a: 'b' }), subsetOf({}, {}), subsetOf({ a: 'b' }, {})]).toEqual([true, true, false]);
  });
  it.each([
    ['outbound|80|v1|a.b', { port: 80, subset: 'v1', host: 'a.b' }],
    ['outbound|80||a.b', { port: 80, subset: '', host: 'a.b' }],
    ['PassthroughCluster', undefined],
  ])('%s is read', (name, wanted) => expect(parseSubsetKey(name)).toEqual(wanted));
});
