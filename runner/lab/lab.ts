import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Where } from '../../mesh/problem.ts';
import type { AppFile } from './schema/app.ts';
import type { Expect } from './schema/expect.ts';
import type { AnalyzeFacts, Ask, ConfigFacts, ObjectFacts, StatsFacts } from './schema/facts.ts';
import type { FaultFile } from './schema/proof.ts';
import type { ActionFile } from './schema/step.ts';
import type { HintFile, LabFile } from './schema.ts';

export type DataPlane = 'sidecar' | 'ambient';

/** Position of a value inside a YAML document: `['spec', 'http', 0, 'route']`. */
export type FieldPath = readonly (string | number)[];

/** An object of a manifest that still knows where it was written. */
export interface SourceObject {
  object: KubeObject;
  /** Position of the value at `path` (see parsePath for paths in text), or of its nearest parent that is there. */
  locate(path: FieldPath, part?: 'key' | 'value'): Where;
}

export interface ManifestFile {
  /** Path from the root of the catalogue, as messages name it. */
  path: string;
  objects: readonly SourceObject[];
}

export interface App {
  name: string;
  manifests: readonly ManifestFile[];
  identify: AppFile['identify'];
  pod?: AppFile['pod'];
}

export interface SecretName {
  name: string;
  namespace: string;
}

/** One stream of requests; has every field of a TrafficPlan (runner/place). */
export interface Traffic {
  id: string;
  from: { app: string; namespace: string };
  request: {
    url: string;
    method: string;
    headers: { [name: string]: string };
    body?: string;
    timeoutMs: number;
    /** Of a client at the edge. */
    tls?: { serverName?: string; insecure?: boolean; ca?: SecretName; certificate?: SecretName };
  };
  unit: 'request' | 'connection';
  concurrency: number;
  /** Requests per second. */
  rate?: number;
  limit: { requests?: number; durationMs?: number };
  /** limit: runs to its limit. decided: may end as soon as every check has enough. stopped: ends with its step's `stop`. */
  until: 'limit' | 'decided' | 'stopped';
  /** The app whose rules identify the answers; absent: nothing can tell their version. */
  answeredBy?: string;
}

export interface CheckBase {
  /** `check`, or `check/row` for a row of a decision table. */
  id: string;
  title: string;
  at: Where;
  dataPlanes: readonly DataPlane[];
  /** The table that this row belongs to. */
  table?: string;
}

export type TrafficCheck = CheckBase & { needs: 'observations'; traffic: string; expect: Expect };
export type ConfigCheck = CheckBase & { needs: 'config'; config: ConfigFacts };
export type ObjectCheck = CheckBase & { needs: 'objects'; object: ObjectFacts };
export type StatsCheck = CheckBase & { needs: 'stats'; stats: StatsFacts };
export type AnalyzeCheck = CheckBase & { needs: 'analysis'; analyze: AnalyzeFacts };
export type AskCheck = CheckBase & { needs: 'answer'; ask: Ask };
/** What is judged; `needs` says which evidence the runner collects for it. */
export type Check = TrafficCheck | ConfigCheck | ObjectCheck | StatsCheck | AnalyzeCheck | AskCheck;

/** A state to wait for, by the same facts that checks use. */
export interface Await {
  object?: ObjectFacts;
  config?: ConfigFacts;
  stats?: StatsFacts;
  withinMs: number;
}

export interface Step {
  id: string;
  task?: string;
  /** In order: traffics started, actions, apply (the lab's), the solution's files, await, traffic of the checks, stop, judge. */
  during: readonly string[];
  actions: readonly Action[];
  apply: readonly ManifestFile[];
  await: readonly Await[];
  checks: readonly Check[];
  stop: readonly string[];
}

/** As written, with the files of `delete` loaded. */
export type Action = Omit<ActionFile, 'delete'> & { delete?: { files: readonly ManifestFile[] } };

export interface Solution {
  id: string;
  /** Files by the id of the step in which they are applied; every step has an entry. */
  apply: { readonly [step: string]: readonly ManifestFile[] };
  needs: { sidecar?: 'waypoint'; ambient?: 'waypoint' };
  dataPlanes: readonly DataPlane[];
}

export interface Mutant {
  id: string;
  of: string;
  /** The spoilt solution, ready to be applied like a Solution. */
  apply: Solution['apply'];
  /** Id of a check or a row, or `admission`. */
  fails: string;
  /** Words of the refusal, where `fails` is `admission`. */
  says?: string;
  because?: string;
  at: Where;
}

export type Fault = Pick<FaultFile, 'id' | 'title' | 'fails' | 'symptom' | 'tool'> & {
  dataPlanes: readonly DataPlane[];
  /** Objects applied to plant it, and objects deleted before that. */
  plant: readonly SourceObject[];
  remove: readonly SourceObject[];
  fix: { apply: readonly ManifestFile[]; delete: readonly ManifestFile[] };
  at: Where;
};

/** A lab, resolved: files loaded with positions, defaults filled, units turned into numbers, always in steps. */
export interface Lab
  extends Pick<
    LabFile,
    'id' | 'title' | 'module' | 'lesson' | 'level' | 'minutes' | 'tier' | 'objectives' | 'exam' | 'task' | 'debrief'
  > {
  /** Path of its folder from the root of the catalogue, and of its lab.yaml. */
  folder: string;
  file: string;
  /** Position of a field of lab.yaml, e.g. `['traffic', 'calls', 'from']`; of its key when asked for. */
  locate(path: FieldPath, part?: 'key' | 'value'): Where;
  dataPlanes: readonly DataPlane[];
  mesh: LabFile['mesh'];
  apps: readonly App[];
  setup: readonly ManifestFile[];
  traffic: { readonly [id: string]: Traffic };
  steps: readonly Step[];
  solutions: readonly Solution[];
  /** All checks, in the order of the file; rows of tables are checks of their own. */
  checks: readonly Check[];
  control?: { fails: readonly string[]; holds: readonly string[] };
  mutants: readonly Mutant[];
  faults: readonly Fault[];
  hints: readonly HintFile[];
}
