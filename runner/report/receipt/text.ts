import type { Paint } from '../output.ts';
import type { Receipt } from './schema.ts';

const signs = { passed: '✓', failed: '✗', undecided: '?', error: '!', skipped: '-' } as const;
const colours = { passed: 'green', failed: 'red', undecided: 'yellow', error: 'red', skipped: 'dim' } as const;

/** A receipt for people: a line of what and when, then its checks and what its proof rejected. */
export function receiptLines(receipt: Receipt, paint: Paint): string[] {
  const { lab, place, dataPlane, date, durationMs, verdict } = receipt;
  const day = date.slice(0, 16).replace('T', ' ');
  return [
    `${paint('bold', lab)} on ${place}, ${dataPlane}: ${paint(colours[verdict], verdict)} on ${day} UTC in ${(durationMs / 1000).toFixed(1)} s`,
    ...receipt.runs.flatMap((run) => runLines(run, paint)),
    paint(
      'dim',
      `versions ${Object.entries(receipt.versions)
        .map((pair) => pair.join(' '))
        .join(', ')}`,
    ),
    paint('dim', `files    sha256 ${receipt.files}`),
  ];
}

function runLines(run: Receipt['runs'][number], paint: Paint): string[] {
  const checks = run.checks.map(
    ({ id, verdict, measured }) => `    ${paint(colours[verdict], signs[verdict])} ${id.padEnd(16)}  ${measured}`,
  );
  const { mutants = [], controls = [] } = run.proof ?? {};
  const ok = [...mutants, ...controls].filter((proof) => proof.ok).length;
  const proof = run.proof
    ? [`    proof: ${ok} of ${mutants.length + controls.length} controls and mutants as expected`]
    : [];
  return [`  solution ${run.solution}, seed ${run.seed}`, ...checks, ...proof];
}
