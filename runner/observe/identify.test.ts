import { describe, expect, expectTypeOf, it } from 'vitest';
import { errorKinds } from '../lab/schema/expect.ts';
import { identify, type TrafficRecord } from './identify.ts';
import type { ErrorKind } from './observation.ts';

const record = (part: Partial<TrafficRecord>): TrafficRecord => ({
  index: 0,
  status: 200,
  headers: {},
  body: '',
  latencyMs: 1,
  request: { method: 'GET', url: 'http://customers/' },
  ...part,
});

const customers = {
  identify: {
    v1: { body: { matches: '^\\[', lacks: '"city"' } },
    v2: { body: { contains: '"city"' } },
    v3: { header: { 'x-app-version': { equals: 'v3' } } },
  },
  pod: { header: 'X-App-Pod', body: 'instance: (\\S+)' },
};

describe('identify', () => {
  it.each<[string, Partial<TrafficRecord>, { version?: string; pod?: string }]>([
    ['by what the body lacks', { body: '[{"name":"a"}]' }, { version: 'v1' }],
    ['by what the body contains', { body: '[{"city":"b"}]' }, { version: 'v2' }],
    ['by a header', { headers: { 'x-app-version': 'v3' } }, { version: 'v3' }],
    ['not where two rules hold', { body: '[]', headers: { 'x-app-version': 'v3' } }, {}],
    ['not where none holds', { body: 'hello' }, {}],
    ['not from a proxy’s own answer', { status: 503, body: '[no healthy upstream' }, {}],
    ['not from an error', { status: undefined, error: { kind: 'ECONNRESET', message: '' } }, {}],
    ['the pod by its header', { headers: { 'x-app-pod': 'customers-v1-abc' } }, { pod: 'customers-v1-abc' }],
    ['the pod by the first group of the body', { body: 'version, instance: hello-1\n' }, { pod: 'hello-1' }],
  ])('%s', (_, part, told) => {
    const { version, pod } = identify(customers)(record(part));
    expect({ version, pod }).toEqual({ version: undefined, pod: undefined, ...told });
  });

  it('leaves answers of an unknown app as they are', () => {
    expect(identify(undefined)(record({ body: '[]' }))).toEqual(record({ body: '[]' }));
  });
});

it('knows the error kinds that labs may name', () => {
  expectTypeOf<(typeof errorKinds)[number]>().toEqualTypeOf<ErrorKind>();
  expect(new Set(errorKinds).size).toBe(errorKinds.length);
});
