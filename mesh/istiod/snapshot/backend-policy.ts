import { INTERNAL_PARENTS } from '../ingest/gateway-api/translated.ts';
import type { Config } from '../model/config.ts';
import type { DestinationRule } from '../model/destination-rule.ts';

type Policy = NonNullable<DestinationRule['trafficPolicy']>;
type PortPolicy = NonNullable<Policy['portLevelSettings']>[number];

const isMade = (config: Config<DestinationRule>): boolean => INTERNAL_PARENTS in config.annotations;

/**
 * The traffic policy of two rules for one host: what a person wrote goes before what a policy of the Gateway API asks for, which
 * fills the gaps; of two of one origin the first that has any (mergeDestinationRule in istio pilot/pkg/model/destination_rule.go).
 */
export function mergedPolicy(existing: Config<DestinationRule>, incoming: Config<DestinationRule>): Policy | undefined {
  const [before, after] = [existing.spec.trafficPolicy, incoming.spec.trafficPolicy];
  if (isMade(existing) === isMade(incoming)) return before ?? after;
  return isMade(incoming) ? filled(before, after) : filled(after, before);
}

function filled(own: Policy | undefined, made: Policy | undefined): Policy | undefined {
  if (!own || !made) return own ?? made;
  const ports = filledPorts(own.portLevelSettings ?? [], made.portLevelSettings ?? []);
  const { portLevelSettings: _own, ...fields } = { ...made, ...own };
  return ports.length > 0 ? { ...fields, portLevelSettings: ports } : fields;
}

function filledPorts(own: readonly PortPolicy[], made: readonly PortPolicy[]): PortPolicy[] {
  const of = (list: readonly PortPolicy[], { port }: PortPolicy) => list.find((p) => p.port?.number === port?.number);
  return [...own.map((p) => ({ ...of(made, p), ...p })), ...made.filter((p) => !of(own, p))];
}
