import type { Lab, ManifestFile } from '../../runner/lab/lab.ts';
import type { Receipt } from '../../runner/report/receipt/schema.ts';

export interface CheckRow {
  id: string;
  title: string;
  /** What was seen to make it fail: the mesh without a solution, and wrong answers. */
  rejects: string[];
}

/** What the checks of a lab prove, and by what each was seen to fail. */
export function checkRows(lab: Lab): CheckRow[] {
  const names = (check: string, named: string) => check === named || check.startsWith(`${named}/`);
  return lab.checks.map(({ id, title }) => ({
    id,
    title,
    rejects: [
      ...(lab.control?.fails.some((named) => names(id, named)) ? ['the mesh without a solution'] : []),
      ...lab.mutants.filter(({ fails }) => names(id, fails)).map((mutant) => mutant.id),
      ...lab.faults.filter(({ fails }) => [fails].flat().some((named) => names(id, named))).map((fault) => fault.id),
    ],
  }));
}

export interface SolutionFiles {
  id: string;
  files: readonly ManifestFile[];
}

/** Each solution with its files, in the order in which they are applied. */
export const solutionFiles = (lab: Lab): SolutionFiles[] =>
  lab.solutions.map(({ id, apply }) => ({
    id,
    files: [
      ...new Map(
        Object.values(apply)
          .flat()
          .map((file) => [file.path, file]),
      ).values(),
    ],
  }));

export interface ReceiptRow {
  place: string;
  dataPlane: string;
  date: string;
  seconds: string;
  verdict: string;
  /** How many controls and mutants were rejected as they must be. */
  proof: string;
  versions: string;
}

export const receiptRows = (receipts: readonly Receipt[], lab: string): ReceiptRow[] =>
  receipts.filter((receipt) => receipt.lab === lab).map(receiptRow);

function receiptRow({ place, dataPlane, date, durationMs, verdict, runs, versions }: Receipt): ReceiptRow {
  const proofs = runs.flatMap(({ proof }) => [...(proof?.controls ?? []), ...(proof?.mutants ?? [])]);
  const { istio, envoy } = versions;
  return {
    ...{ place, dataPlane, verdict, date: date.slice(0, 10) },
    seconds: (durationMs / 1000).toFixed(1),
    proof: proofs.length === 0 ? 'not run' : `${proofs.filter(({ ok }) => ok).length} of ${proofs.length}`,
    versions: [istio && `Istio ${istio}`, envoy && place !== 'sim' && `Envoy ${envoy}`].filter(Boolean).join(', '),
  };
}
