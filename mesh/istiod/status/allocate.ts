import type { Config } from '../model/config.ts';
import { byCreation } from '../model/config.ts';
import { isWildcard } from '../model/host.ts';
import type { ServiceEntry } from '../model/service-entry.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ObjectStatus } from './write.ts';

/**
 * Addresses that istiod gives ServiceEntries without any, so that a client with DNS capture can tell them apart (istio
 * pilot/pkg/controllers/ipallocate). istiod gives them in the order in which it meets the entries; here the oldest comes first.
 */
export function allocatedAddresses({ serviceEntries }: Snapshot): ObjectStatus[] {
  const taken = new Set(serviceEntries.flatMap((e) => e.spec.addresses ?? []));
  const next = { v4: allocator((n) => `240.240.${n >> 8}.${n & 255}`, taken), v6: allocator(v6, taken) };
  return [...serviceEntries].sort(byCreation).flatMap((config) => {
    const hosts = new Set(allocates(config) ? (config.spec.hosts ?? []).filter((h) => keepsHost(config.spec, h)) : []);
    if (hosts.size === 0) return [];
    const addresses = [...hosts].flatMap((host) => [
      { host, value: next.v4() },
      { host, value: next.v6() },
    ]);
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

/** ShouldV2AutoAllocateIP in istio pilot/pkg/networking/serviceentry. */
function allocates({ spec, labels }: Config<ServiceEntry>): boolean {
  if (labels['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() === 'false') return false;
  const { addresses = [], resolution = 'NONE' } = spec;
  return addresses.length === 0 && resolution !== 'NONE';
}

const keepsHost = ({ resolution }: ServiceEntry, host: string): boolean =>
  !isWildcard(host) || resolution === 'DYNAMIC_DNS';
