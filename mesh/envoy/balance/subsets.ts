import type { Json, JsonObject } from '../../json.ts';
import type { Host } from '../cluster/host.ts';
import { object, objects, text, texts } from '../runtime/proto.ts';
import type { Balancer } from './balancer.ts';
import type { LocalityGroup } from './localities.ts';
import type { LbContext } from './types.ts';

type Priorities = readonly (readonly LocalityGroup[])[];

/** What picks a host of a cluster. */
export type Balancing = Pick<Balancer, 'update' | 'pick'>;

type Wanted = readonly (readonly [key: string, value: string])[];

/**
 * lbSubsetConfig: hosts by their `envoy.lb` metadata (docs: load_balancing/subsets; envoy source/extensions/
 * load_balancing_policies/subset). A request asks by its route's metadataMatch; its keys must be those of a selector.
 */
export class SubsetBalancer implements Balancing {
  readonly #selectors: readonly (readonly string[])[];
  readonly #policy: string;
  readonly #default: Wanted;
  readonly #make: () => Balancing;
  #subsets = new Map<string, Balancing>();
  #fallback: Balancing | undefined;

  constructor(config: JsonObject, make: () => Balancing) {
    this.#selectors = objects(config, 'subsetSelectors').map((s) => texts(s, 'keys').sort());
    this.#policy = text(config, 'fallbackPolicy') || 'NO_FALLBACK';
    this.#default = Object.entries(object(config, 'defaultSubset')).map(([key, value]) => [key, asText(value)]);
    this.#make = make;
  }

  update(priorities: Priorities): void {
    const wanted = new Map<string, Wanted>();
    for (const host of priorities.flat().flatMap((group) => group.hosts))
      for (const keys of this.#selectors) {
        const found = valuesOf(host, keys);
        if (found) wanted.set(nameOf(found), found);
      }
    const before = this.#subsets;
    this.#subsets = new Map(
      [...wanted].map(([name, values]) => [name, this.#over(before.get(name), priorities, values)]),
    );
    if (this.#policy === 'ANY_ENDPOINT') this.#fallback = this.#over(this.#fallback, priorities, []);
    if (this.#policy === 'DEFAULT_SUBSET') this.#fallback = this.#over(this.#fallback, priorities, this.#default);
  }

  pick(context: LbContext): Host | undefined {
    const wanted = context.metadataMatch;
    const subset = wanted && this.#subsets.get(nameOf([...wanted].sort(([a], [b]) => (a < b ? -1 : 1))));
    return (subset ?? this.#fallback)?.pick(context);
  }

  #over(known: Balancing | undefined, priorities: Priorities, wanted: Wanted): Balancing {
    const balancer = known ?? this.#make();
    const fits = (host: Host): boolean => wanted.every(([key, value]) => metadataOf(host, key) === value);
    balancer.update(priorities.map((groups) => groups.map((group) => ({ ...group, hosts: group.hosts.filter(fits) }))));
    return balancer;
  }
}

const asText = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value));

function metadataOf(host: Host, key: string): string | undefined {
  const value = object(host.metadata, 'envoy.lb')[key];
  return value === undefined ? undefined : asText(value);
}

function valuesOf(host: Host, keys: readonly string[]): Wanted | undefined {
  const values = keys.map((key) => [key, metadataOf(host, key)] as const);
  const known = values.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return known.length === keys.length ? known : undefined;
}

const nameOf = (wanted: Wanted): string => JSON.stringify(wanted);
