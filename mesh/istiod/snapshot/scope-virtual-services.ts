import { keyOf } from '../model/config.ts';
import { hostMapOf, hostMatches, isWildcard, mostSpecific, newHostMap } from '../model/host.ts';
import type { Service } from '../model/service.ts';
import type { VirtualServiceConfig } from '../model/virtual-service.ts';
import { type ImportedHosts, importsVirtualService, isExcluded } from './scope-hosts.ts';
import type { VirtualServiceIndex } from './virtual-services.ts';

/** The mesh VirtualServices that a listener imports (SelectVirtualServices in istio pilot/pkg/model/virtualservice.go). */
export function selectVirtualServices(
  index: VirtualServiceIndex,
  namespace: string,
  hosts: ReadonlyMap<string, ImportedHosts>,
): VirtualServiceConfig[] {
  const anywhere = hosts.get('*');
  const seen = new Set<string>();
  const selected: VirtualServiceConfig[] = [];
  const take = (config: VirtualServiceConfig) => {
    const own = hosts.get(config.namespace);
    const strict = config.semantics === 'gateway';
    const imported = (config.spec.hosts ?? []).some(
      (host) =>
        [own, anywhere].some((h) => h && importsVirtualService(h, host, strict)) &&
        !isExcluded(own, host) &&
        !isExcluded(anywhere, host),
    );
    if (!imported || seen.has(keyOf(config))) return;
    seen.add(keyOf(config));
    selected.push(config);
  };
  const lists = [index.private.get(namespace), index.exported.get(namespace), index.public];
  for (const list of lists) {
    const mesh = list?.get('mesh') ?? [];
    // Routes of the Gateway API in the client's own namespace go first: the consumer overrides the producer.
    const consumer = (c: VirtualServiceConfig) => c.semantics === 'gateway' && c.namespace === namespace;
    for (const config of mesh) if (consumer(config)) take(config);
    for (const config of mesh) if (!consumer(config)) take(config);
  }
  return selected;
}

/** Which VirtualService owns each service: the one with the most specific host, the first of equals. */
export function owners(configs: readonly VirtualServiceConfig[], services: readonly Service[]): Map<string, string> {
  const byHost = newHostMap<string>();
  for (const config of configs)
    for (const host of config.spec.hosts ?? []) {
      const map = hostMapOf(byHost, host);
      if (!map.has(host)) map.set(host, keyOf(config));
    }
  const out = new Map<string, string>();
  for (const service of services) {
    const owner = mostSpecific(service.hostname, byHost);
    if (owner !== undefined) out.set(service.hostname, owner);
  }
  return out;
}

/** Finds the VirtualServices of a host, in their order, without walking those of other hosts. */
export function hostFinder(configs: readonly VirtualServiceConfig[]): (host: string) => VirtualServiceConfig[] {
  const exact = new Map<string, Set<number>>();
  const wild: [string, number][] = [];
  for (const [i, config] of configs.entries())
    for (const host of config.spec.hosts ?? [])
      if (isWildcard(host)) wild.push([host, i]);
      else exact.set(host, (exact.get(host) ?? new Set()).add(i));
  return (host) => {
    const found = new Set(exact.get(host));
    for (const [pattern, i] of wild) if (hostMatches(pattern, host)) found.add(i);
    if (isWildcard(host))
      for (const [name, list] of exact) if (hostMatches(name, host)) for (const i of list) found.add(i);
    return [...found].sort((a, b) => a - b).flatMap((i) => configs[i] ?? []);
  };
}

/** Ports by destination host; port 0 means that a destination names no port (virtualServiceDestinations…). */
export function destinationsOf(config: VirtualServiceConfig, namespace: string): Map<string, Set<number>> {
  const out = new Map<string, Set<number>>();
  const add = (d: { host?: string; port?: { number?: number } } | undefined) => {
    if (d?.host) out.set(d.host, (out.get(d.host) ?? new Set()).add(d.port?.number ?? 0));
  };
  for (const route of config.spec.http ?? []) {
    const from = (route.match ?? []).map((m) => m.sourceNamespace).filter(Boolean);
    if (from.length > 0 && !from.includes(namespace)) continue;
    for (const leg of route.route ?? []) add(leg.destination);
    add(route.mirror);
    for (const mirror of route.mirrors ?? []) add(mirror.destination);
  }
  for (const route of [...(config.spec.tcp ?? []), ...(config.spec.tls ?? [])])
    for (const leg of route.route ?? []) add(leg.destination);
  return out;
}
