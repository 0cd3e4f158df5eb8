import { isDeepStrictEqual } from 'node:util';
import type { Answer, Case } from './feature.ts';
import { type Counts, differingOutcomes } from './fisher.ts';
import { type NormalAnswer, normalAnswer } from './normal.ts';

/** One thing that is not the same on both sides. */
export interface Difference {
  /** Position of the request among the case's; -1 for a spread. */
  request: number;
  /** `seen.0.headers.x-a` */
  path: string;
  real: unknown;
  sim: unknown;
}

export interface Compared {
  differences: Difference[];
  /** Exact tests that were made. */
  tests: number;
}

export function compareCase(of: Case, real: readonly Answer[], sim: readonly Answer[]): Compared {
  if (of.spread) return compareSpread(counted(real, of.spread), counted(sim, of.spread));
  const differences = real.flatMap((answer, request) => {
    const other = sim[request];
    if (!other) return [{ request, path: '', real: normalAnswer(answer), sim: undefined }];
    return differencesIn(normalAnswer(answer), normalAnswer(other)).map((d) => ({ request, ...d }));
  });
  return { differences, tests: 0 };
}

const counted = (answers: readonly Answer[], key: (answer: Answer) => string): Counts => {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(key(answer), (counts.get(key(answer)) ?? 0) + 1);
  return counts;
};

function compareSpread(real: Counts, sim: Counts): Compared {
  const differences = differingOutcomes(real, sim).map(({ outcome, p }) => ({
    request: -1,
    path: `share of "${outcome}" (p = ${p.toExponential(1)})`,
    real: share(real, outcome),
    sim: share(sim, outcome),
  }));
  return { differences, tests: 1 };
}

const share = (counts: Counts, outcome: string): string => {
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  return `${counts.get(outcome) ?? 0} of ${total}`;
};

type Found = Omit<Difference, 'request'>;

export const differencesIn = (real: NormalAnswer, sim: NormalAnswer): Found[] => walk('', real, sim);

/** Told to the next attempt: what is left of a time of which on real Envoys some has passed, and a random back-off. */
const timeLeft = /\.headers\.(x-envoy-expected-rq-timeout-ms|grpc-timeout)$/;
const toleratedMs = 200;

const isAlmost = (path: string, real: unknown, sim: unknown): boolean =>
  timeLeft.test(path) && Math.abs(Number.parseInt(String(real), 10) - Number.parseInt(String(sim), 10)) < toleratedMs;

function walk(path: string, real: unknown, sim: unknown): Found[] {
  if (isDeepStrictEqual(real, sim) || isAlmost(path, real, sim)) return [];
  if (!isTree(real) || !isTree(sim) || Array.isArray(real) !== Array.isArray(sim)) return [{ path, real, sim }];
  const keys = [...new Set([...Object.keys(real), ...Object.keys(sim)])];
  return keys.flatMap((key) => walk(path === '' ? key : `${path}.${key}`, real[key], sim[key]));
}

const isTree = (value: unknown): value is { [key: string]: unknown } => typeof value === 'object' && value !== null;
