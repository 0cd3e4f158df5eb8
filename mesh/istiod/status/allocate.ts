import { allocates } from '../ingest/service-entry.ts';
import { byCreation } from '../model/config.ts';
import { isWildcard } from '../model/host.ts';
import type { ServiceEntry } from '../model/service-entry.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ObjectStatus } from './write.ts';

/**
 * Addresses that istiod gives ServiceEntries without any, so that a client with DNS capture can tell them apart (istio
 * pilot/pkg/controllers/ipallocate). istiod gives them in the order in which it meets the entries; here the oldest comes first. What an
 * entry has it keeps.
 */
export function allocatedAddresses({ serviceEntries }: Snapshot): ObjectStatus[] {
  const taken = new Set(
    serviceEntries.flatMap((e) => [...(e.spec.addresses ?? []), ...[...e.allocated.values()].flat()]),
  );
  const next = { v4: allocator((n) => `240.240.${n >> 8}.${n & 255}`, taken), v6: allocator(v6, taken) };
  return [...serviceEntries].sort(byCreation).flatMap((config) => {
    const hosts = new Set(allocates(config) ? (config.spec.hosts ?? []).filter((h) => keepsHost(config.spec, h)) : []);
    if (hosts.size === 0) return [];
    const addresses = [...hosts].flatMap((host) => {
      const values = config.allocated.get(host) ?? [next.v4(), next.v6()];
      return values.map((value) => ({ host, value }));
    });
    const { kind, namespace, name } = config;
    return [{ group: 'networking.istio.io', kind, namespace, name, status: { addresses } }];
  });
}

const v6 = (n: number): string => `2001:2::${n.toString(16)}`;

/** The first address of a range is never given. */
function allocator(text: (n: number) => string, taken: ReadonlySet<string>): () => string {
  let n = 0;
  return () => {
    do n += 1;
    while (taken.has(text(n)));
    return text(n);
  };
}

const keepsHost = ({ resolution }: ServiceEntry, host: string): boolean =>
  !isWildcard(host) || resolution === 'DYNAMIC_DNS';
