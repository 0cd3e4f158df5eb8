import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';

/** Which object and which of its fields caused a piece of configuration. */
export interface Origin {
  kind: string;
  namespace: string;
  name: string;
  /** Dotted path inside the object, e.g. `spec.http[0].route[1].weight`. */
  field?: string;
}

/**
 * Everything one Envoy is given: Envoy v3 resources in protojson shape (lowerCamelCase, defaults omitted, int64 as
 * strings, durations as "1.5s", Any as {"@type"}), with istiod's names and values.
 */
export interface XdsConfig {
  listeners: JsonObject[];
  routes: JsonObject[];
  clusters: JsonObject[];
  endpoints: JsonObject[];
  /** Names of the secrets that the TLS contexts ask for; the host or the interpreter issues them. */
  secrets: string[];
  extensionConfigs: JsonObject[];
  /** What could not be translated as written; never thrown, never dropped. */
  problems: Problem[];
  /** JSON pointer into this object (`/routes/0/virtualHosts/1/routes/0`) → what caused it. */
  origins: Map<string, Origin>;
  /** The origins of one part and of what is in it, at the cost of that part alone; absent: filter `origins`. */
  originsWithin?(pointer: string): ReadonlyMap<string, Origin>;
}
