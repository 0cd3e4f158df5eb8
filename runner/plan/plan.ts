import type { Action, App, Await, Check, DataPlane, ManifestFile, Traffic } from '../lab/lab.ts';

/** How much of the proof a run does: nothing, one mutant of the lab, or all. */
export type Prove = 'off' | 'ci' | 'full';

/** What decides which steps a run has. */
export interface RunChoice {
  solution: string;
  /** Name of the place, for people. */
  place: string;
  dataPlane: DataPlane;
  seed: number;
  prove: Prove;
}

/**
 * One thing that the executor does. Data only: the executor runs a plan, the printer prints it (`--dry-run`), and both
 * have one entry for each `do`.
 */
export type PlanStep =
  | { do: 'open'; profile: string; dataPlane: DataPlane }
  | { do: 'enrol'; namespaces: readonly string[]; dataPlane: DataPlane }
  | { do: 'apply'; of: string; files: readonly ManifestFile[] }
  | { do: 'act'; action: Action }
  | { do: 'settle'; deadlineMs: number }
  | { do: 'await'; state: Await }
  /** Reads what `unchanged` and `increase` compare with, before anything of the step changes. */
  | { do: 'remember'; checks: readonly Check[] }
  /** Traffic in the background, until `stop`. */
  | { do: 'start'; traffic: Traffic }
  | { do: 'stop'; traffic: string }
  /** Traffic whose end is waited for; `endWith`: ends as soon as one of these checks fails for certain. */
  | { do: 'send'; traffic: Traffic; checks: readonly Check[]; endWith: readonly string[] }
  | { do: 'judge'; checks: readonly Check[] }
  /** Back to the state after the apps and the lab's own setup, proved by a hash over the objects. */
  | { do: 'restore' };

export type PhaseKind = 'mesh' | 'apps' | 'control' | 'solution' | 'mutant';

export interface Phase {
  /** `mesh`, `apps`, `control`, `solution`, `mutant:ID` */
  id: string;
  kind: PhaseKind;
  title: string;
  steps: readonly PlanStep[];
  /** Checks by what they must say here, and the words of the API server where it must refuse: control and mutants only. */
  expect?: { fails: readonly string[]; holds: readonly string[]; says?: string };
  because?: string;
}

export interface Plan extends RunChoice {
  lab: string;
  title: string;
  mesh: { profile: string; apps: readonly App[]; enrol: readonly string[] };
  phases: readonly Phase[];
}

/** Real state is waited for; a mesh that has not converged by then is broken, on any machine. */
export const settleDeadlineMs = 30_000;

/** Whether `name` (a check, a table or a row) means this check. */
export const meansCheck = (name: string, check: { id: string; table?: string }) =>
  check.id === name || check.table === name;
