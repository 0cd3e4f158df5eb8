import { describe, expect, it } from 'vitest';
import type { RunResult, RunVerdict } from '../plan/result.ts';
import { buildReport, overall } from './report.ts';
import { reportSchema } from './schema.ts';

const run = (verdict: RunVerdict, durationMs = 1): RunResult => ({
  ...{ lab: 'canary', title: 't', solution: 's', place: 'local', dataPlane: 'sidecar', seed: 1, verdict },
  versions: { envoy: '1.2.3' },
  problems: [{ what: 'w' }],
  blame: 'lab',
  checks: [
    {
      ...{ id: 'a', title: 't', verdict: 'passed', expected: 'e', measured: 'm', evidence: [], values: { v1: 1 } },
      trouble: 'x',
    },
  ],
  timing: { durationMs, phases: [{ id: 'mesh', durationMs }], loopDelays: [{ process: 'apps', p99Ms: 1, maxMs: 2 }] },
});
const about = (durationMs: number) => ({ version: '1.0.0', startedAt: new Date(durationMs), durationMs });

describe('the report', () => {
  it('is what its schema says, and nothing more', () => {
    const report = buildReport([run('passed')], about(5));
    expect(reportSchema.parse(report)).toEqual(report);
    expect(report.versions).toMatchObject({ 'mesh-labs': '1.0.0', envoy: '1.2.3' });
    expect(() => reportSchema.parse({ ...report, extra: 1 })).toThrow();
  });

  it('has everything that depends on the clock inside `timing`', () => {
    const bytes = (durationMs: number) =>
      JSON.stringify(buildReport([run('passed', durationMs)], about(durationMs)), (key, value) =>
        key === 'timing' ? undefined : value,
      );
    expect(bytes(1)).toBe(bytes(2));
  });

  const rows: [RunVerdict[], RunVerdict][] = [
    [[], 'skipped'],
    [['skipped'], 'skipped'],
    [['skipped', 'passed'], 'passed'],
    [['passed', 'error'], 'error'],
    [['error', 'failed', 'passed'], 'failed'],
  ];
  it.each(rows)('says of %j: %s', (verdicts, expected) => {
    expect(overall(verdicts.map((verdict) => ({ verdict })))).toBe(expected);
  });
});
