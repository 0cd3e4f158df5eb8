/** Host names as Istio compares them (istio pkg/config/host/name.go). A wildcard is "*" or starts with "*". */
export const isWildcard = (host: string): boolean => host.startsWith('*');

/** Whether two names overlap: either may be the wildcard. */
export function hostMatches(a: string, b: string): boolean {
  if (isWildcard(a)) {
    if (!isWildcard(b)) return b.endsWith(a.slice(1));
    return a.length < b.length ? b.slice(1).endsWith(a.slice(1)) : a.slice(1).endsWith(b.slice(1));
  }
  return isWildcard(b) ? a.endsWith(b.slice(1)) : a === b;
}

/** Whether every name that `host` covers is covered by `other`. */
export function hostSubsetOf(host: string, other: string): boolean {
  if (isWildcard(host)) {
    if (!isWildcard(other) || host.length < other.length) return false;
    return host.slice(1).endsWith(other.slice(1));
  }
  return isWildcard(other) ? host.endsWith(other.slice(1)) : host === other;
}

/** Longest first, alphabetically, wildcards last. */
export function moreSpecific(a: string, b: string): boolean {
  if (isWildcard(a) !== isWildcard(b)) return isWildcard(b);
  return a.length === b.length ? a < b : a.length > b.length;
}

/** Values by host, exact names apart from wildcards, so that a lookup walks only the wildcards. */
export interface HostMap<V> {
  exact: Map<string, V>;
  wildcard: Map<string, V>;
}

export const newHostMap = <V>(): HostMap<V> => ({ exact: new Map(), wildcard: new Map() });
export const hostMapOf = <V>(map: HostMap<V>, host: string): Map<string, V> =>
  isWildcard(host) ? map.wildcard : map.exact;

/** The value of the longest name that covers `host` (MostSpecificHostMatch in istio pilot/pkg/model/config.go). */
export function mostSpecific<V>(host: string, map: HostMap<V>): V | undefined {
  const exact = hostMapOf(map, host).get(host);
  if (exact !== undefined) return exact;
  if (map.wildcard.size === 0) return undefined;
  const needle = isWildcard(host) ? host.slice(1) : host;
  let best: string | undefined;
  for (const candidate of map.wildcard.keys())
    if (needle.endsWith(candidate.slice(1)) && (best === undefined || moreSpecific(candidate, best))) best = candidate;
  return best === undefined ? undefined : map.wildcard.get(best);
}

export const isIp = (text: string): boolean => isIpv4(text) || isIpv6(text);
export const isIpv4 = (text: string): boolean =>
  /^(\d{1,3})(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256);
export const isIpv6 = (text: string): boolean => text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text);

/** A name without dots belongs to the object's namespace; anything else is meant as written. */
export function resolveShortName(host: string, namespace: string): string {
  if (host === '' || host === '*' || host.includes('.') || isIp(host)) return host;
  return `${host}.${namespace}.svc.cluster.local`;
}

/** `gateways` entries as namespace/name; the legacy FQDN form is understood as well. */
export function resolveGateway(gateway: string, namespace: string): string {
  if (gateway === 'mesh') return gateway;
  if (gateway.startsWith('./')) return `${namespace}/${gateway.slice(2)}`;
  if (gateway.includes('/')) return gateway;
  const [name, ns] = gateway.split('.');
  return ns === undefined ? `${namespace}/${gateway}` : `${ns}/${name}`;
}
