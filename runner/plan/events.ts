import type { Phase, Plan } from './plan.ts';
import type { CheckResult, ControlResult, MutantResult, RunResult } from './result.ts';

/** What the executor tells while it works; reporters turn it into text. Durations are milliseconds. */
export type RunEvent =
  | { type: 'run'; plan: Plan }
  | { type: 'phase'; phase: Phase }
  /** What is being waited for right now. */
  | { type: 'step'; text: string }
  | { type: 'checks'; checks: readonly CheckResult[] }
  | { type: 'controls'; controls: readonly ControlResult[] }
  | { type: 'mutant'; mutant: MutantResult; because?: string }
  /** `note`: what the phase came to, e.g. `3 pods, 3 proxies`. */
  | { type: 'phase-end'; phase: Phase; durationMs: number; note: string; ok: boolean }
  | { type: 'run-end'; result: RunResult };

export type Tell = (event: RunEvent) => void;
