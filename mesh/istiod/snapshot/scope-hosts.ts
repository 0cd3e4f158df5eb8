import { hostMatches, hostSubsetOf, isWildcard } from '../model/host.ts';
import type { EgressListener } from '../model/sidecar.ts';

/** The `hosts` of an egress listener, by namespace ("*" for any). */
export interface ImportedHosts {
  exact: Set<string>;
  all: string[];
  excluded: string[];
}

/** Entries are namespace/host, "." is the own namespace; a leading "~" excludes (convertIstioListenerToWrapper). */
export function importedHosts(listener: EgressListener, namespace: string): Map<string, ImportedHosts> {
  const byNamespace = new Map<string, ImportedHosts>();
  for (const entry of listener.hosts ?? []) {
    const parts = entry.split('/');
    const [scope, host] = parts;
    if (parts.length !== 2 || scope === undefined || host === undefined) continue;
    const excluded = scope.startsWith('~');
    const named = excluded ? scope.slice(1) || '*' : scope;
    const ns = named === '.' ? namespace : named;
    const hosts = byNamespace.get(ns) ?? { exact: new Set<string>(), all: [], excluded: [] };
    byNamespace.set(ns, hosts);
    if (excluded) {
      hosts.excluded.push(host);
      continue;
    }
    if (!isWildcard(host)) hosts.exact.add(host);
    hosts.all.push(host);
  }
  return byNamespace;
}

export const isExcluded = (hosts: ImportedHosts | undefined, host: string): boolean =>
  hosts?.excluded.some((e) => hostSubsetOf(host, e)) ?? false;

export const importsService = (hosts: ImportedHosts, host: string): boolean => imports(hosts, host, hostSubsetOf);

/** VirtualServices match both ways, for backwards compatibility; routes of the Gateway API like services. */
export const importsVirtualService = (hosts: ImportedHosts, host: string, strict: boolean): boolean =>
  imports(hosts, host, strict ? hostSubsetOf : hostMatches);

function imports(hosts: ImportedHosts, host: string, match: (a: string, b: string) => boolean): boolean {
  if (hosts.exact.has(host)) return true;
  const wild = isWildcard(host);
  return hosts.all.some((h) => (wild || isWildcard(h)) && match(host, h));
}
