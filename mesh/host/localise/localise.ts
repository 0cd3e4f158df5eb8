import type { Proxy as MeshProxy } from '../../istiod/proxy.ts';
import type { XdsConfig } from '../../istiod/xds/types.ts';
import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import { assertConfined } from './assert-confined.ts';
import { canonical } from './canonical.ts';
import type { LocalConfig, LocalPlace } from './place.ts';

import { rules } from './rules.ts';

export type { LocalConfig, LocalPlace } from './place.ts';

/**
 * Makes istiod's configuration for one proxy run on this machine, and nowhere else: an allow-list, because a lab's YAML
 * is foreign input. Pure; the input is left as it is. What is removed or replaced for safety becomes a problem of the
 * result; problems of `config` stay with it. Throws a ProblemError when something unsafe is left, which is a bug.
 */
export function localise(config: XdsConfig, proxy: MeshProxy, place: LocalPlace): LocalConfig {
  const problems = new Map<string, Problem>();
  const local: LocalConfig = {
    listeners: copy(config.listeners),
    routes: copy(config.routes),
    clusters: copy(config.clusters),
    endpoints: copy(config.endpoints),
    extensionConfigs: copy(config.extensionConfigs),
    bound: [],
    problems: [],
  };
  const report = (resource: string, what: string, fix?: string) => {
    const where = { object: `${proxy.name}.${proxy.namespace}: ${resource}` };
    problems.set(`${resource} ${what}`, { what, where, ...(fix === undefined ? {} : { fix }) });
  };
  for (const rule of rules) rule.apply(local, { proxy, place, report });
  local.problems = [...problems.values()];
  assertConfined(local, place);
  return local;
}

const copy = (resources: JsonObject[]): JsonObject[] =>
  resources.map((resource): Json | undefined => canonical(resource)).filter(isObject);
