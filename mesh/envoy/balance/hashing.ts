import type { Random } from '../../world/random.ts';
import type { Host } from '../cluster/host.ts';
import type { LbContext, Picker, PickerOf } from './types.ts';
import { xxHash64 } from './xxhash.ts';

const randomHash = (random: Random): bigint =>
  (BigInt(Math.floor(random.next() * 2 ** 32)) << 32n) | BigInt(Math.floor(random.next() * 2 ** 32));

/** Picks by `at(hash)`; on a retry the hash is varied until a host is new (source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc). */
const byHash = (random: Random, at: (hash: bigint, attempt: number) => Host | undefined): Picker => ({
  pick(context: LbContext) {
    const hash = context.hash() ?? randomHash(random);
    let host = at(hash, 0);
    for (let n = 0; host && n < context.hostSelectionAttempts && context.avoids?.(host); n++) host = at(hash, n + 1);
    return host;
  },
});

/** Shares of 1 by host weight. */
function shares(hosts: readonly Host[]): { host: Host; share: number }[] {
  const total = hosts.reduce((sum, h) => sum + h.weight, 0);
  return hosts.map((host) => ({ host, share: host.weight / total }));
}

export interface RingConfig {
  minimum: number;
  maximum: number;
  /** Hash hosts by name in place of address. */
  byHostname: boolean;
}

/** Ketama (source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc): entries in proportion to weights, each at the hash of `address_i`. */
export const ringHash =
  ({ minimum, maximum, byHostname }: RingConfig): PickerOf =>
  (hosts, random) => {
    const parts = shares(hosts);
    const least = Math.min(...parts.map((p) => p.share));
    const scale = Math.min(Math.ceil(least * minimum) / least, maximum);
    const ring: { hash: bigint; host: Host }[] = [];
    let [current, target] = [0, 0];
    for (const { host, share } of parts) {
      target += scale * share;
      const name = byHostname && host.hostname ? host.hostname : host.key;
      for (let i = 0; current < target; i++, current++) ring.push({ hash: xxHash64(`${name}_${i}`), host });
    }
    ring.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
    // A retry looks at the next ring entry (RingHashLoadBalancer::Ring::chooseHost, attempt).
    return byHash(random, (hash, attempt) => ring[(firstAtLeast(ring, hash) + attempt) % ring.length]?.host);
  };

function firstAtLeast(ring: readonly { hash: bigint }[], hash: bigint): number {
  let [low, high] = [0, ring.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ring[middle]?.hash ?? 0n) < hash) low = middle + 1;
    else high = middle;
  }
  return low % ring.length;
}

/** source/extensions/load_balancing_policies/maglev/maglev_lb.cc: each host fills the next free place of its own permutation, weights by rounds. */
export const maglev =
  ({ tableSize, byHostname }: { tableSize: number; byHostname: boolean }): PickerOf =>
  (hosts, random) => {
    const size = BigInt(tableSize);
    const heaviest = Math.max(...hosts.map((h) => h.weight));
    const builds = [...hosts]
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map((host) => {
        const name = byHostname && host.hostname ? host.hostname : host.key;
        return {
          host,
          offset: Number(xxHash64(name) % size),
          skip: Number((xxHash64(name, 1n) % (size - 1n)) + 1n),
          next: 0,
          target: 0,
        };
      });
    const table = new Array<Host | undefined>(tableSize).fill(undefined);
    for (let filled = 0, round = 1; filled < tableSize; round++)
      for (const build of builds) {
        if (filled === tableSize) break;
        // A host of half the weight takes part in every second round.
        if (round * build.host.weight < build.target) continue;
        build.target += heaviest;
        let at = 0;
        do at = (build.offset + build.skip * build.next++) % tableSize;
        while (table[at]);
        table[at] = build.host;
        filled++;
      }
    return byHash(random, (hash, attempt) => {
      const varied = attempt === 0 ? hash : hash ^ (0xffff_ffff_ffff_ffffn - BigInt(attempt) + 1n);
      return table[Number(varied % size)];
    });
  };
