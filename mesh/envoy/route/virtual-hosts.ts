import { refuse } from '../match/proto.ts';
import { asciiLower } from '../match/string-matcher.ts';

/** The position of the ":" before a port, -1 without one (envoy source/common/http/header_utility.cc, getPortStart). */
export function portStart(host: string): number {
  const colon = host.lastIndexOf(':');
  return colon < 0 || host.lastIndexOf(']') > colon ? -1 : colon;
}

interface Wildcards<T> {
  /** By length of the fixed part, longest first. */
  lengths: number[];
  byText: Map<string, T>;
}

/** Hosts already looked up; a bound for clients that send a new Host each time. */
const cacheSize = 1000;

/**
 * Finds the owner of the domain that fits a host best: exact, then the longest `*.suffix`, then the longest `prefix.*`,
 * then `*`; in any case (docs: VirtualHost.domains; envoy source/common/router/config_impl.cc, findVirtualHost).
 * Throws a ProblemError for a domain that stands twice.
 */
export function compileDomains<T extends object>(
  entries: readonly { domains: readonly string[]; owner: T }[],
  options: { ignorePort: boolean; name: string },
): (authority: string | undefined) => T | undefined {
  const exact = new Map<string, T>();
  const suffixes = wildcards<T>();
  const prefixes = wildcards<T>();
  let any: T | undefined;
  const once = (map: Map<string, T>, key: string, domain: string, owner: T) => {
    if (map.has(key)) refuse(duplicate(domain, options.name), options.name);
    map.set(key, owner);
  };
  for (const { domains, owner } of entries) {
    for (const domain of domains.map(asciiLower)) {
      if (domain === '*') {
        if (any) refuse(`Only a single wildcard domain is permitted in route ${options.name}`, options.name);
        any = owner;
      } else if (domain.startsWith('*')) once(suffixes.byText, domain.slice(1), domain, owner);
      else if (domain.endsWith('*')) once(prefixes.byText, domain.slice(0, -1), domain, owner);
      else once(exact, domain, domain, owner);
    }
  }
  for (const found of [suffixes, prefixes])
    found.lengths = [...new Set([...found.byText.keys()].map((k) => k.length))].sort((a, b) => b - a);
  const search = (host: string): T | undefined =>
    exact.get(host) ??
    longest(suffixes, host.length, (length) => host.slice(-length)) ??
    longest(prefixes, host.length, (length) => host.slice(0, length)) ??
    any;
  if (exact.size + suffixes.lengths.length + prefixes.lengths.length === 0) return () => any;
  return cached(search, options.ignorePort);
}

const duplicate = (domain: string, table: string): string =>
  `Only unique values for domains are permitted. Duplicate entry of domain ${domain} in route ${table}`;

const wildcards = <T>(): Wildcards<T> => ({ lengths: [], byText: new Map() });

/** `*.foo.com` does not match `.foo.com`: the star stands for at least one character. */
function longest<T>(found: Wildcards<T>, size: number, part: (length: number) => string): T | undefined {
  for (const length of found.lengths) {
    const owner = length < size ? found.byText.get(part(length)) : undefined;
    if (owner) return owner;
  }
  return undefined;
}

function cached<T extends object>(search: (host: string) => T | undefined, ignorePort: boolean) {
  const cache = new Map<string, T | undefined>();
  return (authority: string | undefined): T | undefined => {
    if (authority === undefined) return undefined;
    if (cache.has(authority)) return cache.get(authority);
    const port = ignorePort ? portStart(authority) : -1;
    const found = search(asciiLower(port < 0 ? authority : authority.slice(0, port)));
    if (cache.size >= cacheSize) cache.clear();
    cache.set(authority, found);
    return found;
  };
}
