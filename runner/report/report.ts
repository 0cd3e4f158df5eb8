import { versions } from '../../mesh/versions.ts';
import type { RunResult, RunVerdict } from '../plan/result.ts';
import type { Report } from './schema.ts';

/** The verdict over several runs: the worst counts, and skipped runs count only when there is nothing else. */
export function overall(runs: readonly { verdict: RunVerdict }[]): RunVerdict {
  const order = ['failed', 'error', 'passed'] as const;
  return order.find((verdict) => runs.some((run) => run.verdict === verdict)) ?? 'skipped';
}

/** Results → the public report. What only the terminal needs is left out here. */
export function buildReport(
  runs: readonly RunResult[],
  about: { version: string; startedAt: Date; durationMs: number },
): Report {
  return {
    schema: 'mesh-labs/report/v1',
    verdict: overall(runs),
    versions: { 'mesh-labs': about.version, ...versions, ...Object.assign({}, ...runs.map((run) => run.versions)) },
    runs: runs.map(publicRun),
    timing: { startedAt: about.startedAt.toISOString(), durationMs: about.durationMs },
  };
}

function publicRun(run: RunResult): Report['runs'][number] {
  const { lab, solution, place, dataPlane, seed, verdict, reason, checks, proof, timing } = run;
  const said = checks.map(({ id, title, verdict, expected, measured, evidence }) => ({
    ...{ id, title, verdict, expected, measured, evidence },
  }));
  return {
    ...{ lab, solution, place, dataPlane, seed, verdict, checks: said, timing },
    ...(reason !== undefined && { reason }),
    ...(proof && { proof }),
  };
}
