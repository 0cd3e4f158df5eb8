import type { Problem } from '../../problem.ts';
import type { EnvoyLock } from './lock.ts';

export type SourceName = 'MESH_LABS_ENVOY' | 'PATH' | 'cache' | 'wheel' | 'release';

/** An Envoy that can be run. */
export interface FoundEnvoy {
  /** Absolute. */
  path: string;
  /** What `envoy --version` says, e.g. `1.40.0`. */
  version: string;
  source: SourceName;
  /** Another version than the one that the labs are checked with. */
  warning?: string;
}

/** One place that was looked at, and what was there; for doctor and for the error when there is none. */
export interface Looked {
  source: SourceName;
  /** The file, the variable's value, or the tool. */
  where: string;
  outcome: string;
}

export interface SearchContext {
  env: NodeJS.ProcessEnv;
  lock: EnvoyLock;
  /** `linux-x64`: the key into the lock. */
  platform: string;
  signal?: AbortSignal;
}

export interface FetchContext extends SearchContext {
  /** Told once, before anything is downloaded. */
  notify(text: string): void;
}

/** What a source yields: an Envoy, or why not. */
export type Outcome = { found: FoundEnvoy } | { looked: Looked[]; problems?: Problem[] };
