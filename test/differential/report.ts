import type { Verdict } from './judge.ts';
import type { CaseResult } from './run-feature.ts';

/** The whole of a configuration is rarely needed to see what is wrong. */
const longest = 4000;

/** Milliseconds; the shortest timeouts of cases are not much longer. */
const lateIsNoted = 40;

const columns = ['feature', 'cases', 'requests', 'agreed', 'gaps', 'differ', 'exact tests', 'faults caught', 's'];

export const header = (): string => row(columns);

export function line({ feature, cases, requests, tests, known, disagreed, faults, seconds }: Verdict): string {
  const agreed = cases - known.length - disagreed.length;
  const caught = faults.filter((f) => f.caughtBy > 0).length;
  const values = [cases, requests, agreed, known.length, disagreed.length, tests];
  return row([
    feature.id,
    ...values.map(String),
    faults.length === 0 ? '' : `${caught} of ${faults.length}`,
    seconds.toFixed(1),
  ]);
}

const row = ([first = '', ...rest]: readonly string[]): string =>
  [first.padEnd(18), ...rest.map((cell, i) => cell.padStart(Math.max(7, columns[i + 1]?.length ?? 0)))].join(' ');

/** A disagreement with all that is needed to see it again. */
export function disagreement(feature: string, { case: of, slot, differences, lateMs }: CaseResult): string {
  const requests = of.requests.flat();
  const asked = [...new Set(differences.map((d) => d.request))].slice(0, 3);
  return [
    `${feature} ${slot.name}: ${of.name}`,
    ...(lateMs > lateIsNoted
      ? [`  this machine was busy: late by up to ${lateMs} ms, so timeouts may have come first`]
      : []),
    `  objects: ${JSON.stringify(of.objects).slice(0, longest)}`,
    ...asked.flatMap((n) => [
      `  request ${n}: ${JSON.stringify(requests[Math.max(0, n)])}`,
      ...differences
        .filter((d) => d.request === n)
        .map((d) => `    ${d.path}: Envoy ${JSON.stringify(d.real)}, interpreter ${JSON.stringify(d.sim)}`),
    ]),
  ].join('\n');
}
