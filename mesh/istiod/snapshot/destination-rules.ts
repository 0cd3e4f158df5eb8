import type { Intake } from '../ingest/read.ts';
import { byCreation, type Config, keyOf } from '../model/config.ts';
import type { DestinationRule, MergedDestinationRule } from '../model/destination-rule.ts';
import { type HostMap, hostMapOf, mostSpecific, newHostMap } from '../model/host.ts';
import type { Service } from '../model/service.ts';
import { mergedPolicy } from './backend-policy.ts';

type Rules = HostMap<MergedDestinationRule[]>;

/** setDestinationRules in istio pilot/pkg/model/push_context.go. */
export interface DestinationRuleIndex {
  rootNamespace: string;
  /** What clients of a namespace see first: all rules of that namespace. */
  local: ReadonlyMap<string, Rules>;
  /** What the rules of a namespace are to clients elsewhere. */
  exported: ReadonlyMap<string, Rules>;
  /** Private rules of the root namespace, for clients in it. */
  rootLocal: Rules;
}

export function indexDestinationRules(
  configs: readonly Config<DestinationRule>[],
  settings: { rootNamespace: string; defaultExportTo: readonly string[] },
  intake: Intake,
): DestinationRuleIndex {
  const local = new Map<string, Rules>();
  const exported = new Map<string, Rules>();
  const rootLocal: Rules = newHostMap();
  const bySelector = (c: Config<DestinationRule>) => (c.spec.workloadSelector ? 0 : 1);
  for (const config of [...configs].sort((a, b) => bySelector(a) - bySelector(b) || byCreation(a, b))) {
    const { namespace, spec } = config;
    // A rule for chosen workloads never leaves its namespace.
    const exportTo = new Set(spec.workloadSelector ? ['.'] : (spec.exportTo ?? []));
    const own = exportTo.has('.') || exportTo.has(namespace);
    if (exportTo.size === 0 || exportTo.has('*') || own) merge(rulesOf(local, namespace), { config, exportTo }, intake);
    const privateOnly = exportTo.size === 0 ? settings.defaultExportTo.includes('.') : exportTo.size === 1 && own;
    if (!privateOnly) merge(rulesOf(exported, namespace), { config, exportTo }, intake);
    else if (namespace === settings.rootNamespace) merge(rootLocal, { config, exportTo }, intake);
  }
  return { rootNamespace: settings.rootNamespace, local, exported, rootLocal };
}

function rulesOf(index: Map<string, Rules>, namespace: string): Rules {
  const rules = index.get(namespace) ?? newHostMap<MergedDestinationRule[]>();
  index.set(namespace, rules);
  return rules;
}

/** Client's namespace, then the service's, then the root's: the first that knows the host ends the search. */
export function destinationRulesFor(
  index: DestinationRuleIndex,
  client: string,
  service: Service,
): readonly MergedDestinationRule[] {
  const own = client === index.rootNamespace ? index.rootLocal : index.local.get(client);
  const found = own && mostSpecific(service.hostname, own);
  if (found) return found;
  for (const namespace of [service.namespace, index.rootNamespace]) {
    const rules = index.exported.get(namespace);
    const visible = ((rules && mostSpecific(service.hostname, rules)) ?? []).filter(
      ({ exportTo }) => exportTo.size === 0 || exportTo.has('*') || exportTo.has(client),
    );
    if (visible.length > 0) return visible;
  }
  return [];
}

type Incoming = { config: Config<DestinationRule>; exportTo: ReadonlySet<string> };

/** Rules of one host are merged: subsets are added, traffic policies merged (mergeDestinationRule). */
function merge(rules: Rules, incoming: Incoming, intake: Intake): void {
  const host = incoming.config.spec.host ?? '';
  const byHost = hostMapOf(rules, host);
  const list = byHost.get(host) ?? [];
  byHost.set(host, list);
  let separately = true;
  for (const [i, existing] of list.entries()) {
    const relation = visibilityRelation(existing.exportTo, incoming.exportTo);
    if (relation === 'apart') {
      separately = true;
      continue;
    }
    separately = relation === 'wider';
    const selectors = compareSelectors(existing.config.spec, incoming.config.spec);
    if (selectors === 'different') {
      separately = true;
      continue;
    }
    if (selectors === 'same') separately = false;
    list[i] = combine(existing, incoming.config, intake);
  }
  if (separately) list.push({ config: incoming.config, exportTo: incoming.exportTo, from: [keyOf(incoming.config)] });
}

function visibilityRelation(existing: ReadonlySet<string>, incoming: ReadonlySet<string>): 'equal' | 'wider' | 'apart' {
  const covers = [...existing].every((e) => incoming.has(e));
  if (covers && existing.size === incoming.size) return 'equal';
  return existing.size > 0 && covers ? 'wider' : 'apart';
}

function compareSelectors(a: DestinationRule, b: DestinationRule): 'same' | 'different' | 'one' {
  if (!a.workloadSelector && !b.workloadSelector) return 'same';
  if (!a.workloadSelector || !b.workloadSelector) return 'one';
  const [x, y] = [a.workloadSelector.matchLabels ?? {}, b.workloadSelector.matchLabels ?? {}];
  const equal = Object.keys(x).length === Object.keys(y).length && Object.keys(x).every((k) => x[k] === y[k]);
  return equal ? 'same' : 'different';
}

function combine(
  existing: MergedDestinationRule,
  config: Config<DestinationRule>,
  intake: Intake,
): MergedDestinationRule {
  const before = existing.config.spec;
  const names = new Set((before.subsets ?? []).map((s) => s.name));
  const added = (config.spec.subsets ?? []).filter((s) => !names.has(s.name));
  const spec = {
    ...before,
    subsets: [...(before.subsets ?? []), ...added],
    trafficPolicy: mergedPolicy(existing.config, config),
  };
  const origin = intake.provenance.get(before);
  if (origin) intake.provenance.set(spec, origin);
  return { ...existing, config: { ...existing.config, spec }, from: [...existing.from, keyOf(config)] };
}
