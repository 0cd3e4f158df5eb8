import { describe, expect, it } from 'vitest';
import { evidenceOf, stream } from '../../test/support/observed.ts';
import type { ResponseExpect } from '../lab/schema/expect.ts';
import type { Observation } from '../observe/observation.ts';
import { response } from './response.ts';

type Part = Partial<Observation>;
const reset: Part = { status: undefined, error: { kind: 'ECONNRESET', message: 'socket hang up' } };

/** Expectation, answers that pass, answers that fail. */
const table: [string, ResponseExpect, Part[], Part[]][] = [
  ['status', { status: 200 }, [{}, {}], [{}, { status: 503 }]],
  ['status, no answer', { status: 200 }, [{}], [reset]],
  ['error', { error: 'ECONNRESET' }, [reset], [{ ...reset, error: { kind: 'ETIMEDOUT', message: '' } }]],
  ['error, but an answer', { error: 'ECONNRESET' }, [reset], [{ status: 403 }]],
  ['latency, lower bound', { latency: { atLeast: '5s' } }, [{ latencyMs: 5000 }], [{ latencyMs: 4999 }]],
  ['latency, upper bound', { latency: { atMost: '600ms' } }, [{ latencyMs: 600 }], [{ latencyMs: 601 }]],
  [
    'header equals',
    { header: { server: { equals: 'x' } } },
    [{ headers: { server: 'x' } }],
    [{ headers: { server: 'xy' } }],
  ],
  ['header contains', { header: { via: { contains: 'b' } } }, [{ headers: { via: 'abc' } }], [{ headers: {} }]],
  ['header absent', { header: { via: { absent: true } } }, [{}], [{ headers: { via: '' } }]],
  ['header lacks needs the header', { header: { via: { lacks: 'b' } } }, [{ headers: { via: 'a' } }], [{}]],
  ['header of no answer', { header: { via: { absent: true } } }, [{}], [reset]],
  ['body contains', { body: { contains: 'Hello' } }, [{ body: 'Hello World' }], [{ body: 'hello' }]],
  ['body lacks', { body: { lacks: 'CITY' } }, [{ body: 'NAME' }], [{ body: 'NAME CITY' }]],
  ['body lacks, no answer', { body: { lacks: 'CITY' } }, [{}], [reset]],
  ['body matches', { body: { matches: '^v\\d$' } }, [{ body: 'v1' }], [{ body: 'v' }]],
  ['body equals', { body: { equals: 'RBAC: access denied' } }, [{ body: 'RBAC: access denied' }], [{ body: 'RBAC' }]],
  ['version', { version: 'v2' }, [{ version: 'v2' }], [{ version: 'v1' }]],
  ['version not told', { version: 'v2' }, [{ version: 'v2' }], [{}]],
  ['flags, in any order', { flags: 'URX,UF' }, [{ flags: 'UF,URX' }], [{ flags: 'UF' }]],
  [
    'parts on the same answer',
    { status: 500, body: { contains: 'x' } },
    [{ status: 500, body: 'x' }],
    [{ status: 500 }, { body: 'x' }],
  ],
  ['at least a part', { status: 200, of: { atLeast: '50%' } }, [{}, reset], [{}, reset, reset]],
  ['at most a part', { status: 503, of: { atMost: '1%' } }, [{}], [{}, { status: 503 }]],
  [
    'three or four',
    { status: 500, of: { min: 3, max: 4 } },
    Array(3).fill({ status: 500 }),
    Array(5).fill({ status: 500 }),
  ],
  ['at least one', { status: 500, of: { min: 1 } }, [{}, { status: 500 }], [{}, {}]],
];

const judge = (expectation: ResponseExpect, parts: Part[]) => response.judge(evidenceOf(stream(parts)), expectation);

describe('response', () => {
  it.each(table)('%s passes', (_, expectation, good) => {
    expect(judge(expectation, good).verdict).toBe('passed');
  });

  it.each(table)('%s fails', (_, expectation, __, bad) => {
    expect(judge(expectation, bad).verdict).toBe('failed');
  });

  it.each(table)('%s: nothing observed is not a pass', (_, expectation) => {
    expect(judge(expectation, []).verdict).toBe('undecided');
  });

  it('is undecided where the place cannot tell the flags', () => {
    expect(judge({ status: 503, flags: 'NC' }, [{ status: 503 }]).verdict).toBe('undecided');
    expect(judge({ status: 503, flags: 'NC' }, [{ status: 200 }]).verdict).toBe('failed');
  });

  it('says what was seen instead, alike answers together', () => {
    const { expected, measured, evidence } = judge({ status: 200 }, [{}, reset, { status: 503 }, reset]);
    expect(expected).toBe('status 200 on every answer');
    expect(measured).toBe('1 of 4 answers; first other: ECONNRESET');
    expect(evidence).toEqual([
      '2 × ECONNRESET; first is #1 GET http://customers/',
      '1 × status 503; first is #2 GET http://customers/',
    ]);
  });

  it.each([
    ['latency, noisy', { latency: { atMost: '1s' } }, 51, 'error'],
    ['latency, quiet', { latency: { atMost: '1s' } }, 50, 'passed'],
    ['no latency, noisy', { status: 200 }, 51, 'passed'],
  ])('%s: %4$s', (_, expectation, p99Ms, verdict) => {
    const delays = [{ process: 'traffic', p99Ms, maxMs: 100 }];
    const given = evidenceOf(stream([{}]), { delays });
    expect(response.judge(given, expectation).verdict).toBe(verdict);
  });
});
