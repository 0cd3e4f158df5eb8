import type { JsonObject } from '../../json.ts';
import { parseIp } from '../../world/ip.ts';
import type { Address } from '../facts.ts';
import { field, number, objects, text, texts } from '../runtime/proto.ts';

/** What is known of a connection when a filter chain must be found for it. */
export interface ConnectionFacts {
  destination: Address;
  source: Address;
  /** '' when there is none. */
  serverName: string;
  transportProtocol: 'raw_buffer' | 'tls';
  /** ALPN of the ClientHello, or what http_inspector found. */
  applicationProtocols: readonly string[];
}

interface Prefix {
  bytes: Uint8Array;
  bits: number;
}

/** A FilterChainMatch, read. */
export interface ChainMatch {
  destinationPort: number;
  prefixes: readonly Prefix[];
  serverNames: readonly string[];
  transportProtocol: string;
  applicationProtocols: readonly string[];
  directSources: readonly Prefix[];
  sourceType: string;
  sources: readonly Prefix[];
  sourcePorts: readonly number[];
}

const prefixes = (match: JsonObject, name: string): Prefix[] =>
  objects(match, name).flatMap((range) => {
    const bytes = parseIp(text(range, 'addressPrefix'));
    return bytes ? [{ bytes, bits: number(range, 'prefixLen') }] : [];
  });

export function readChainMatch(match: JsonObject): ChainMatch {
  const ports = field(match, 'sourcePorts');
  return {
    destinationPort: number(match, 'destinationPort'),
    prefixes: prefixes(match, 'prefixRanges'),
    serverNames: texts(match, 'serverNames').map((n) => n.toLowerCase()),
    transportProtocol: text(match, 'transportProtocol'),
    applicationProtocols: texts(match, 'applicationProtocols'),
    directSources: prefixes(match, 'directSourcePrefixRanges'),
    sourceType: text(match, 'sourceType') || 'ANY',
    sources: prefixes(match, 'sourcePrefixRanges'),
    sourcePorts: Array.isArray(ports) ? ports.map(Number) : [],
  };
}

/** How well one criterion of a chain fits: -1 not at all, 0 when it does not ask, above that the more specific the better. */
type Fit = (match: ChainMatch, facts: ConnectionFacts) => number;

const isPrefix = ({ bytes, bits }: Prefix, ip: Uint8Array | undefined): boolean => {
  if (!ip || ip.length !== bytes.length) return false;
  for (let i = 0; i * 8 < bits; i++) {
    const mask = bits - i * 8 >= 8 ? 0xff : (0xff << (8 - (bits - i * 8))) & 0xff;
    if (((ip[i] ?? 0) & mask) !== ((bytes[i] ?? 0) & mask)) return false;
  }
  return true;
};

const longest = (list: readonly Prefix[], ip: string): number => {
  if (list.length === 0) return 0;
  const bytes = parseIp(ip);
  return Math.max(-1, ...list.filter((p) => isPrefix(p, bytes)).map((p) => p.bits + 1));
};

/** Exact names before wildcards, long wildcards before short ones. "*" alone asks for nothing. */
function fitServerName(wanted: string, name: string): number {
  if (wanted === '' || wanted === '*') return 0;
  if (wanted === name) return 10_000;
  return wanted.startsWith('*.') && name.endsWith(wanted.slice(1)) && name.length >= wanted.length ? wanted.length : -1;
}

function fitServerNames({ serverNames }: ChainMatch, { serverName }: ConnectionFacts): number {
  return serverNames.length === 0 ? 0 : Math.max(...serverNames.map((w) => fitServerName(w, serverName)));
}

/** The client's first protocol that any chain names decides, so its place counts. */
function fitApplication({ applicationProtocols }: ChainMatch, facts: ConnectionFacts): number {
  if (applicationProtocols.length === 0) return 0;
  const at = facts.applicationProtocols.findIndex((p) => applicationProtocols.includes(p));
  return at < 0 ? -1 : 1000 - at;
}

const isLocal = (facts: ConnectionFacts): boolean =>
  facts.source.ip === facts.destination.ip || facts.source.ip.startsWith('127.') || facts.source.ip === '::1';

function fitSourceType({ sourceType }: ChainMatch, facts: ConnectionFacts): number {
  if (sourceType === 'ANY') return 0;
  return (sourceType === 'SAME_IP_OR_LOOPBACK') === isLocal(facts) ? 1 : -1;
}

/** The criteria in Envoy's order (docs: envoy.config.listener.v3.FilterChainMatch, "The following order applies"). */
const criteria: readonly { name: string; suits: Fit }[] = [
  {
    name: 'destination port',
    suits: (m, f) => (m.destinationPort === 0 ? 0 : m.destinationPort === f.destination.port ? 1 : -1),
  },
  { name: 'destination address', suits: (m, f) => longest(m.prefixes, f.destination.ip) },
  { name: 'server name', suits: fitServerNames },
  {
    name: 'transport protocol',
    suits: (m, f) => (m.transportProtocol === '' ? 0 : m.transportProtocol === f.transportProtocol ? 1 : -1),
  },
  { name: 'application protocols', suits: fitApplication },
  { name: 'direct source address', suits: (m, f) => longest(m.directSources, f.source.ip) },
  { name: 'source type', suits: fitSourceType },
  { name: 'source address', suits: (m, f) => longest(m.sources, f.source.ip) },
  {
    name: 'source port',
    suits: (m, f) => (m.sourcePorts.length === 0 ? 0 : m.sourcePorts.includes(f.source.port) ? 1 : -1),
  },
];

/**
 * The chain for a connection. At each criterion only the most specific of what is left stays, and there is no way back:
 * a chain that fits everything loses to one that fits an earlier criterion better and then fails
 * (source/common/listener_manager/filter_chain_manager_impl.cc). `failedAt`: the criterion where nothing was left.
 */
export function findChain<T extends { match: ChainMatch }>(
  chains: readonly T[],
  facts: ConnectionFacts,
): { chain?: T; failedAt: string } {
  let left: readonly T[] = chains;
  for (const { name, suits } of criteria) {
    let best = -1;
    const fits = left.map((c) => {
      const value = suits(c.match, facts);
      if (value > best) best = value;
      return value;
    });
    if (best < 0) return { failedAt: name };
    left = left.filter((_, i) => fits[i] === best);
  }
  const chain = left[0];
  return chain ? { chain, failedAt: '' } : { failedAt: 'none' };
}
