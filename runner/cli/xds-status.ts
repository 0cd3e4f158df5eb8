import { type ServiceEntry, serviceEntry } from '../../mesh/istiod/model/service-entry.ts';
import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';

/**
 * What istiod writes into the status of ServiceEntries: addresses for hosts that have none, the oldest entry first (istio
 * pilot/pkg/networking/serviceentry/ip_autoallocation.go, controllers/ipallocate). Which gets which has no meaning.
 */
export function statusOf(objects: readonly KubeObject[]): JsonObject[] {
  const entries = objects.filter((o) => o.kind === 'ServiceEntry');
  const used = new Set(entries.flatMap(({ spec }) => read(spec)?.addresses ?? []));
  let next = 0;
  const allocate = (host: string): JsonObject[] => {
    do next++;
    while (used.has(v4(next)) || used.has(v6(next)));
    return [v4(next), v6(next)].map((value) => ({ host, value }));
  };
  return entries
    .flatMap(({ metadata, spec }) => {
      const addresses = hostsWithout(metadata.labels ?? {}, read(spec)).flatMap(allocate);
      if (addresses.length === 0) return [];
      const { name, namespace } = metadata;
      return [{ group: 'networking.istio.io', kind: 'ServiceEntry', name, namespace, status: { addresses } }];
    })
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

const key = ({ namespace, name }: { namespace?: string; name: string }): string => `${namespace}/${name}`;
const v4 = (n: number): string => `240.240.${Math.floor(n / 256)}.${n % 256}`;
const v6 = (n: number): string => `2001:2::${n.toString(16)}`;

const read = (spec: KubeObject['spec']): ServiceEntry | undefined =>
  serviceEntry(spec, 'spec', { keep: () => {}, report: () => {} });

function hostsWithout(labels: { [name: string]: string }, spec: ServiceEntry | undefined): string[] {
  const refused = labels['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() === 'false';
  const resolution = spec?.resolution ?? 'NONE';
  if (refused || resolution === 'NONE' || spec?.addresses?.length) return [];
  return (spec?.hosts ?? []).filter((host) => !host.startsWith('*') || resolution === 'DYNAMIC_DNS');
}
