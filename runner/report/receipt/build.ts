import type { Report } from '../schema.ts';
import type { Receipt } from './schema.ts';

const keyOf = ({ lab, place, dataPlane }: Report['runs'][number]) => `${lab}.${place.replace(':', '-')}.${dataPlane}`;

/**
 * A report → its receipts by file name, `canary.local.sidecar.json`. Runs that were skipped proved nothing and have none.
 *
 * @param digests digest of each lab's files, by its id
 */
export function receiptsOf(report: Report, digests: ReadonlyMap<string, string>): Map<string, Receipt> {
  const done = report.runs.filter(({ verdict }) => verdict !== 'skipped');
  const groups = Map.groupBy(done, keyOf);
  return new Map([...groups].map(([key, runs]) => [`${key}.json`, receiptOf(runs, { report, digests })]));
}

type From = { report: Report; digests: ReadonlyMap<string, string> };

function receiptOf(runs: Report['runs'], { report, digests }: From): Receipt {
  const [first] = runs;
  if (!first) throw new Error('a receipt is of at least one run');
  const { lab, place, dataPlane } = first;
  const files = digests.get(lab);
  if (files === undefined) throw new Error(`the files of ${lab} have no digest`);
  const order = ['failed', 'error', 'passed'] as const;
  return {
    schema: 'mesh-labs/receipt/v1',
    ...{ lab, place, dataPlane, files },
    date: report.timing.startedAt,
    durationMs: Math.round(runs.reduce((sum, run) => sum + run.timing.durationMs, 0)),
    verdict: order.find((verdict) => runs.some((run) => run.verdict === verdict)) ?? 'error',
    versions: report.versions,
    runs: runs.map(({ lab: _lab, place: _place, dataPlane: _plane, timing: _timing, ...said }) => said),
  };
}
