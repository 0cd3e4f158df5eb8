import type { RunResult, RunVerdict } from '../../plan/result.ts';
import { duration } from '../duration.ts';
import type { Paint } from '../output.ts';
import { overall } from '../report.ts';
import { mark, verdictWord } from './lines.ts';

/** All runs, one line each, and the sum; nothing for a single run, which has said it already. */
export function summaryLines(runs: readonly RunResult[], durationMs: number, paint: Paint): string[] {
  if (runs.length < 2) return [];
  const widths = [widest(runs.map(({ lab }) => lab)), widest(runs.map(({ solution }) => solution))] as const;
  const line = ({ lab, solution, dataPlane, verdict, reason, timing }: RunResult) => {
    const time = duration(timing.durationMs).padStart(9);
    const what = `${lab.padEnd(widths[0])}  ${solution.padEnd(widths[1])}  ${dataPlane.padEnd(7)}`;
    return `${paint('dim', time)}  ${mark(verdict, paint)} ${what}${reason ? `  ${reason}` : ''}`;
  };
  const verdict = overall(runs);
  return ['', ...runs.map(line), '', `${verdictWord(verdict, paint)}  ${counts(runs)} in ${duration(durationMs)}`];
}

const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));

function counts(runs: readonly RunResult[]): string {
  const count = (verdict: RunVerdict) => runs.filter((run) => run.verdict === verdict).length;
  const parts = (['passed', 'failed', 'error', 'skipped'] as const).map((verdict) => ({ verdict, n: count(verdict) }));
  return parts.flatMap(({ verdict, n }) => (n > 0 ? [`${n} ${verdict}`] : [])).join(', ');
}
