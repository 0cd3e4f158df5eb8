import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import { originOf } from '../model/config.ts';
import { allParts, type Part } from './builders.ts';
import type { ProxyContext } from './context.ts';
import { asked, type Origins, type Written } from './origins.ts';
import { secretNames } from './secrets.ts';
import type { Origin, XdsConfig } from './types.ts';

/** One type of configuration as it was last made. */
export interface BuiltPart {
  resources: JsonObject[];
  problems: readonly Problem[];
  origins: Origins;
}

/** Extensions are configurations that listeners fetch: they are made with them. */
export type Parts = { readonly [part in Part | 'extensionConfigs']: BuiltPart };
const partNames = [...allParts, 'extensionConfigs'] as const;

/** The parts as one configuration; what takes a walk over everything is done when somebody asks. */
export function assemble(context: ProxyContext, parts: Parts): XdsConfig {
  let origins: Map<string, Origin> | undefined;
  let secrets: string[] | undefined;
  const config: XdsConfig = {
    listeners: parts.listeners.resources,
    routes: parts.routes.resources,
    clusters: parts.clusters.resources,
    endpoints: parts.endpoints.resources,
    extensionConfigs: parts.extensionConfigs.resources,
    get secrets() {
      secrets ??= secretNames([parts.listeners.resources, parts.clusters.resources]);
      return secrets;
    },
    get problems() {
      return problemsOf(context, parts);
    },
    get origins() {
      origins ??= originsWithin(context, parts, '');
      return origins;
    },
  };
  return asked(config, (pointer) => originsWithin(context, parts, pointer));
}

/** Parts that share a piece may each have met its problem. */
function problemsOf({ snapshot }: ProxyContext, parts: Parts): Problem[] {
  const own = new Map<string, Problem>();
  for (const problem of partNames.flatMap((name) => parts[name].problems))
    if (!own.has(problem.what)) own.set(problem.what, problem);
  return [...snapshot.problems, ...own.values()];
}

/** Of what is at a JSON pointer and below it; '' is everything. */
function originsWithin({ scope: { sidecar } }: ProxyContext, parts: Parts, pointer: string): Map<string, Origin> {
  const out = new Map<string, Origin>();
  for (const name of partNames) {
    const written: Written = { [name]: parts[name].resources };
    const asksFor = pointer === '' || pointer === `/${name}` || pointer.startsWith(`/${name}/`);
    if (asksFor) for (const [at, origin] of parts[name].origins.within(written, pointer)) out.set(at, origin);
  }
  // What a Sidecar object leaves out is its doing.
  if (sidecar?.spec.egress)
    for (const name of allParts)
      if (pointer === '' || pointer === `/${name}`) out.set(`/${name}`, originOf(sidecar, 'spec.egress'));
  return out;
}
