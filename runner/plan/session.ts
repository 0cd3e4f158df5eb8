import type { KindTable } from '../../mesh/kube/kind-info.ts';
import type { Evidence } from '../check/kind.ts';
import type { Check } from '../lab/lab.ts';
import type { Observation } from '../observe/observation.ts';
import type { LoopDelay, Mesh, Place, Why } from '../place/place.ts';
import type { Tell } from './events.ts';
import type { PodHealth } from './health.ts';
import type { Journal } from './journal.ts';
import type { Phase, Plan } from './plan.ts';
import type { CheckResult } from './result.ts';

/** What every run is given. */
export interface Tools {
  place: Place;
  kinds: KindTable;
  signal: AbortSignal;
  tell: Tell;
  /** Monotonic, milliseconds. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Absent: evidence of failed checks is only what was observed. */
  why?: Why;
}

/** A mesh that outlives a run: labs with the same apps use it one after the other. */
export interface WarmMesh {
  mesh: Mesh;
  journal: Journal;
  /** The state after the apps and the lab's setup: its hash, and how far the journal was. Absent until they are there. */
  base?: { hash: string; mark: number };
}

/** All answers of one traffic, and what makes them worthless as proof, if anything. */
export interface Sample {
  observations: readonly Observation[];
  kind: 'sequential' | 'fixed';
  delays: readonly LoopDelay[];
  trouble?: string;
}

/** Traffic that runs beside the steps. `end` stops it and yields what it saw. */
export interface Background {
  end(): Promise<Sample>;
}

/** What one run knows while it goes on; step executors read and write it. */
export interface Session extends Tools {
  plan: Plan;
  warm: WarmMesh;
  /** The phase that is under way, once the apps are there. */
  phase?: Phase;
  samples: Map<string, Sample>;
  background: Map<string, Background>;
  /** Evidence from before a step changed anything, by check. */
  before: Map<Check, Evidence>;
  results: CheckResult[];
  /** How the pods were when the mesh last settled: what is lost until a verdict makes it worthless. */
  settled: readonly PodHealth[];
  delays: LoopDelay[];
}
