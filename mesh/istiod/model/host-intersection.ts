import { hostSubsetOf } from './host.ts';

/** What both lists cover: of two hosts the narrower (Names.Intersection in istio pkg/config/host/names.go). */
export function intersection(hosts: readonly string[], others: readonly string[]): string[] {
  const out = new Set<string>();
  for (const host of hosts)
    for (const other of others)
      if (hostSubsetOf(host, other)) out.add(host);
      else if (hostSubsetOf(other, host)) out.add(other);
  return [...out];
}

/** A server's hosts may be limited to VirtualServices of a namespace: `ns/host` (NamesForNamespace). */
export function hostsFor(hosts: readonly string[], namespace: string): string[] {
  return hosts.flatMap((entry) => {
    const cut = entry.indexOf('/');
    if (cut < 0) return [entry];
    const scope = entry.slice(0, cut);
    return scope === namespace || scope === '*' ? [entry.slice(cut + 1)] : [];
  });
}
