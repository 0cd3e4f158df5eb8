import type { Random } from '../../world/random.ts';
import type { Host } from '../cluster/host.ts';
import type { Address } from '../facts.ts';

/** What a load balancer may ask about the request (envoy/upstream/load_balancer.h, LoadBalancerContext). */
export interface LbContext {
  /** 64-bit hash of the request by the route's hash policies; undefined: none, a random host is taken. */
  hash(): bigint | undefined;
  /** Retries: whether to look for another host, up to `hostSelectionAttempts` times. */
  avoids?: ((host: Host) => boolean) | undefined;
  hostSelectionAttempts: number;
  /** Where the downstream connection was going, for ORIGINAL_DST. */
  destination: Address;
  /** `envoy.lb` metadata wanted of hosts, for subsets. */
  metadataMatch?: ReadonlyMap<string, string> | undefined;
}

/** Picks among hosts that all may be picked. Made anew when the hosts or their health change. */
export interface Picker {
  pick(context: LbContext): Host | undefined;
}

/** One algorithm over one group of hosts (a priority, or a locality of one). `hosts` is never empty. */
export type PickerOf = (hosts: readonly Host[], random: Random) => Picker;
