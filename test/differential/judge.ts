import { createMeshSim } from '../../mesh/envoy/mesh-sim.ts';
import type { Feature } from './feature.ts';
import { type Gap, gapOf } from './gaps.ts';
import { type Fault, faulty } from './patched.ts';
import { type CaseResult, runFeature } from './run-feature.ts';

export interface Verdict {
  feature: Feature;
  cases: number;
  requests: number;
  /** Exact tests of random choices. */
  tests: number;
  /** Cases of which every difference is a gap's. */
  known: readonly CaseResult[];
  disagreed: readonly CaseResult[];
  /** Gaps that were seen. */
  gaps: ReadonlySet<Gap>;
  faults: readonly { fault: Fault; caughtBy: number }[];
  seconds: number;
}

export interface JudgeOptions {
  seed: number;
  cases: number;
  gaps: readonly Gap[];
  faults: readonly Fault[];
}

/** Runs a feature's cases, once on real Envoys, and through the interpreter as it is and with each fault. */
export async function judge(feature: Feature, { seed, cases, gaps, faults }: JudgeOptions): Promise<Verdict> {
  const start = performance.now();
  const planted = faults.filter((f) => f.feature === feature.id);
  const mutants = await Promise.all(planted.map(faulty));
  const [own = [], ...others] = await runFeature(feature, { seed, cases, interpreters: [createMeshSim, ...mutants] });
  const differing = own.filter((result) => result.differences.length > 0);
  const seen = new Set(
    differing.flatMap((result) => result.differences.flatMap((d) => gapOf(gaps, feature.id, d) ?? [])),
  );
  const isKnown = (result: CaseResult) => result.differences.every((d) => gapOf(gaps, feature.id, d));
  return {
    feature,
    cases: own.length,
    requests: own.reduce((sum, result) => sum + result.requests, 0),
    tests: own.reduce((sum, result) => sum + result.tests, 0),
    known: differing.filter(isKnown),
    disagreed: differing.filter((result) => !isKnown(result)),
    gaps: seen,
    faults: planted.map((fault, i) => ({ fault, caughtBy: newIn(others[i] ?? [], own) })),
    seconds: (performance.now() - start) / 1000,
  };
}

/** Cases that disagree with a fault and agree without it. */
const newIn = (mutant: readonly CaseResult[], own: readonly CaseResult[]): number =>
  mutant.filter((result, i) => result.differences.length > 0 && own[i]?.differences.length === 0).length;
