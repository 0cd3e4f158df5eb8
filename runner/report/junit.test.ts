import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { junit } from './junit.ts';
import type { Report } from './schema.ts';
import { reportSchema } from './schema.ts';

type Run = Report['runs'][number];
const timing = { durationMs: 1234, phases: [], loopDelays: [] };
const check: Run['checks'][number] = {
  ...{
    id: 'split',
    title: 'v2 <answers> "30 %" & more',
    verdict: 'passed',
    expected: 'e',
    measured: 'm',
    evidence: [],
  },
};
const run = (change: Partial<Run>): Run => ({
  ...{ lab: 'canary', solution: 's', place: 'local', dataPlane: 'sidecar', seed: 1, verdict: 'passed' },
  ...{ checks: [check], timing },
  ...change,
});
const report = (...runs: Run[]): Report =>
  reportSchema.parse({
    schema: 'mesh-labs/report/v1',
    verdict: 'passed',
    versions: {},
    runs,
    timing: { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 2000 },
  });

const proof: Run['proof'] = {
  controls: [{ check: 'split', expected: 'failed', verdict: 'passed', measured: 'm', ok: false }],
  mutants: [
    { id: 'swapped', expected: 'split', rejectedBy: 'split', measured: 'm', ok: true },
    { id: 'other', expected: 'split', rejectedBy: null, measured: 'm', ok: false },
  ],
};

describe('JUnit', () => {
  const rows: [string, Run, { tests: number; failures: number; errors: number; skipped: number }][] = [
    ['a passed run', run({}), { tests: 1, failures: 0, errors: 0, skipped: 0 }],
    [
      'a failed check',
      run({ verdict: 'failed', checks: [{ ...check, verdict: 'failed' }] }),
      { tests: 1, failures: 1, errors: 0, skipped: 0 },
    ],
    [
      'an undecided check',
      run({ verdict: 'failed', checks: [{ ...check, verdict: 'undecided' }] }),
      { tests: 1, failures: 1, errors: 0, skipped: 0 },
    ],
    [
      'a check that is an error',
      run({ verdict: 'error', checks: [{ ...check, verdict: 'error' }] }),
      { tests: 1, failures: 0, errors: 1, skipped: 0 },
    ],
    [
      'an error before any check',
      run({ verdict: 'error', checks: [], reason: 'no Envoy' }),
      { tests: 1, failures: 0, errors: 1, skipped: 0 },
    ],
    [
      'an error after passed checks',
      run({ verdict: 'error', reason: 'died' }),
      { tests: 2, failures: 0, errors: 1, skipped: 0 },
    ],
    [
      'a skipped run',
      run({ verdict: 'skipped', checks: [], reason: 'no ambient' }),
      { tests: 1, failures: 0, errors: 0, skipped: 1 },
    ],
    ['a proof with holes', run({ verdict: 'failed', proof }), { tests: 4, failures: 2, errors: 0, skipped: 0 }],
  ];
  it.each(rows)('counts %s', (_, one, counts) => {
    const suite = /<testsuite [^>]*>/.exec(junit(report(one)))?.[0] ?? '';
    const number = (name: string) => Number(new RegExp(`${name}="(\\d+)"`).exec(suite)?.[1]);
    expect({
      ...{ tests: number('tests'), failures: number('failures'), errors: number('errors'), skipped: number('skipped') },
    }).toEqual(counts);
  });

  it('is well-formed whatever answers contained', () => {
    const evil = 'a\u0000b\u001b[31m<b>&amp;"\'\ufffe]]> é 漢 😀';
    const failed: Run['checks'][number] = {
      ...check,
      title: evil,
      verdict: 'failed',
      measured: evil,
      evidence: [evil],
    };
    const xml = junit(report(run({ verdict: 'failed', checks: [failed], proof, lab: evil })));
    // A parser that is not ours, which is on every machine that can get Envoy's wheel.
    const parse =
      'import sys, xml.dom.minidom as m; print(m.parseString(sys.stdin.buffer.read()).documentElement.tagName)';
    expect(execFileSync('python3', ['-c', parse], { input: xml, encoding: 'utf8' }).trim()).toBe('testsuites');
  });
});
