import type { Problem } from '../../mesh/problem.ts';
import type { AnalysisMessage } from '../check/kind.ts';
import type { CheckOutcome, Verdict } from '../check/verdict.ts';
import type { LoopDelay } from '../place/place.ts';

/** What one check of a lab said. */
export interface CheckResult extends Verdict {
  id: string;
  title: string;
  /** What was wrong with the place while this was measured: a proof by such a failure proves nothing. */
  trouble?: string;
}

/** One line of the negative control: a check that must fail, or hold, on the mesh without the solution. */
export interface ControlResult {
  check: string;
  expected: 'failed' | 'passed';
  verdict: CheckOutcome;
  measured: string;
  ok: boolean;
}

/** One wrong answer and who refused it: a check's id, `admission`, or nobody. */
export interface MutantResult {
  id: string;
  /** The check that must refuse it, or `admission`. */
  expected: string;
  rejectedBy: string | null;
  measured: string;
  ok: boolean;
}

export interface Proof {
  controls: ControlResult[];
  mutants: MutantResult[];
}

export interface PhaseTiming {
  id: string;
  durationMs: number;
}

/** Everything of a run that depends on the clock or on the machine's load. */
export interface RunTiming {
  durationMs: number;
  phases: PhaseTiming[];
  /** Worst delays seen while traffic ran. */
  loopDelays: LoopDelay[];
}

export type RunVerdict = 'passed' | 'failed' | 'error' | 'skipped';

/** One solution of one lab on one data plane. */
export interface RunResult {
  lab: string;
  title: string;
  solution: string;
  place: string;
  dataPlane: 'sidecar' | 'ambient';
  seed: number;
  verdict: RunVerdict;
  /** One sentence, whenever the verdict is not `passed`. */
  reason?: string;
  /** The lab or one of its manifests is wrong, as opposed to the place: exit code 2. */
  blame?: 'lab' | 'interrupted';
  /** What went wrong, with file, line and fix; for the terminal. */
  problems?: readonly Problem[];
  /** What the analysis of the solution's mesh says, where a check failed; for the terminal and for hints. */
  analysis?: readonly AnalysisMessage[];
  /** Versions of what ran; empty when nothing was opened. */
  versions: { [component: string]: string };
  checks: CheckResult[];
  proof?: Proof;
  timing: RunTiming;
}
