import type { z } from 'zod';
import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Check } from '../lab/lab.ts';
import type { Observation } from '../observe/observation.ts';
import type { Verdict } from './verdict.ts';

/** Event-loop delay of a process that took part in a measurement; milliseconds. Shaped like LoopDelay of runner/place. */
export interface MeasuredDelay {
  process: string;
  p99Ms: number;
  maxMs: number;
}

export interface ObservationEvidence {
  needs: 'observations';
  /** Any order; checks sort by index. */
  observations: readonly Observation[];
  /** sequential: the traffic was `until: decided`; fixed: it had a limit that no check could influence. */
  sample: 'sequential' | 'fixed';
  /** Delays while the observations were taken. */
  delays: readonly MeasuredDelay[];
}

/** What one proxy's admin interface told; `clusters` and `certificates` are Envoy's /clusters?format=json and /certs. */
export interface ProxyEvidence {
  /** POD.NAMESPACE */
  proxy: string;
  /** Envoy's /config_dump?include_eds. */
  configDump: JsonObject;
  clusters: JsonObject;
  certificates: JsonObject;
}

export interface ConfigEvidence {
  needs: 'config';
  proxies: readonly ProxyEvidence[];
}

export interface ObjectEvidence {
  needs: 'objects';
  /** The objects of the kind, namespace, name and selector that the check names. */
  objects: readonly KubeObject[];
  /** The same list before the step changed anything. */
  before: readonly KubeObject[];
}

export interface StatsEvidence {
  needs: 'stats';
  /** Per proxy: counters by name, now and before the step changed anything. */
  proxies: readonly {
    proxy: string;
    stats: ReadonlyMap<string, number>;
    before: ReadonlyMap<string, number>;
  }[];
}

/** One message of mesh-labs analyze. */
export interface AnalysisMessage {
  code: string;
  level: 'Error' | 'Warning' | 'Info';
  kind: string;
  /** Empty for kinds without one. */
  namespace: string;
  name: string;
  message: string;
}

export interface AnalysisEvidence {
  needs: 'analysis';
  messages: readonly AnalysisMessage[];
}

export interface AnswerEvidence {
  needs: 'answer';
  /** What the learner typed; absent: nothing yet. */
  given?: string;
  /** Every right answer, as the engine computed it. */
  computed: readonly string[];
}

/** Everything a check may look at. Collected by the runner, with its waiting and deadlines; checks only read it. */
export type Evidence =
  | ObservationEvidence
  | ConfigEvidence
  | ObjectEvidence
  | StatsEvidence
  | AnalysisEvidence
  | AnswerEvidence;
export type Needs = Evidence['needs'];
export type EvidenceOf<N extends Needs> = Extract<Evidence, { needs: N }>;
export type CheckOf<N extends Needs> = Extract<Check, { needs: N }>;

/** One kind of check: a pure function over evidence; knows no place, no clock, no retry. */
export interface CheckKind<Params, N extends Needs = Needs> {
  name: string;
  schema: z.ZodType<Params>;
  needs: N;
  /** What must be true, as a short sentence for people. */
  describe(params: Params): string;
  judge(evidence: EvidenceOf<N>, params: Params): Verdict;
  /**
   * For sequential tests: a fresh accumulator that is fed each observation once, in send order, and says whether the
   * test is decided, so that the traffic may end. Kinds without it take what there is.
   */
  enough?(params: Params): (next: Observation) => boolean;
}

/** One part of what an answer says (`status`, `header` …); parts of one `expect` hold for the same answer. */
export interface ResponsePart<Params> {
  name: string;
  schema: z.ZodType<Params>;
  describe(params: Params): string;
  /** undefined: this answer cannot tell (a place that does not know response flags). */
  matches(observation: Observation, params: Params): boolean | undefined;
  /** What the answer showed of this part, in a few words; status and error are always told and need none. */
  show?(observation: Observation, params: Params): string;
}
