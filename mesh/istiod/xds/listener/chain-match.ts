import type { JsonObject } from '../../../json.ts';
import { isIpv4, isIpv6 } from '../../model/host.ts';
import { some, text } from '../any.ts';
import type { Origin } from '../types.ts';

/** A filter chain of an outbound listener before it is written out. */
export interface ChainOptions {
  sniHosts?: readonly string[];
  cidrs?: readonly string[];
  alpn?: readonly string[];
  transport?: string;
  /** Network filters; the HTTP connection manager is built last, when the listener's name is known. */
  filters: (listener: string) => JsonObject[];
  metadata?: JsonObject;
  /** Specs that caused it; the last is told. */
  causes?: readonly object[];
  /** The service that caused it where no spec did. */
  origin?: Origin;
}

const anySni = (chain: ChainOptions): boolean => !chain.sniHosts?.length || chain.sniHosts.includes('*');

export const matchesAll = (chain: ChainOptions): boolean =>
  anySni(chain) && !chain.alpn?.length && !chain.transport && !chain.cidrs?.length;

/** toFilterChainMatch in istio pilot/pkg/networking/core/listener.go; undefined when everything matches. */
export function chainMatch(chain: ChainOptions): JsonObject | undefined {
  if (matchesAll(chain)) return undefined;
  const ranges = [...(chain.cidrs ?? [])].sort().flatMap((c) => cidrRange(c) ?? []);
  return {
    applicationProtocols: some(chain.alpn),
    prefixRanges: some(ranges.filter((r) => r.addressPrefix !== '0.0.0.0')),
    serverNames: anySni(chain) ? undefined : some([...(chain.sniHosts ?? [])].sort()),
    transportProtocol: text(chain.transport),
  };
}

/** An address or CIDR; undefined for anything else. */
export function cidrRange(textual: string): { addressPrefix: string; prefixLen: number } | undefined {
  const [address = '', bits] = textual.split('/');
  const size = isIpv4(address) ? 32 : isIpv6(address) ? 128 : 0;
  if (size === 0) return undefined;
  const prefixLen = bits === undefined ? size : Number(bits);
  return Number.isInteger(prefixLen) && prefixLen >= 0 && prefixLen <= size
    ? { addressPrefix: address, prefixLen }
    : undefined;
}

/** Whether Envoy would refuse both chains in one listener because they match the same (conflictsWith). */
export function conflicts(a: ChainOptions, b: ChainOptions): boolean {
  const set = (list: readonly string[] | undefined) => [...new Set(list ?? [])].sort().join();
  const sni = (c: ChainOptions) => set(c.sniHosts?.filter((s) => s !== '*'));
  const cidrs = (c: ChainOptions) => set(c.cidrs?.flatMap((x) => maskedCidr(x) ?? []));
  return (
    (a.transport ?? '') === (b.transport ?? '') &&
    (a.alpn ?? []).join() === (b.alpn ?? []).join() &&
    sni(a) === sni(b) &&
    cidrs(a) === cidrs(b)
  );
}

/** IPv4 ranges with their host bits cleared, so that 1.2.3.4/8 equals 1.5.6.7/8. */
function maskedCidr(textual: string): string | undefined {
  const range = cidrRange(textual);
  if (!range || range.addressPrefix === '0.0.0.0') return undefined;
  if (!isIpv4(range.addressPrefix)) return `${range.addressPrefix}/${range.prefixLen}`;
  const value = range.addressPrefix.split('.').reduce((n, part) => n * 256 + Number(part), 0);
  const block = 2 ** (32 - range.prefixLen);
  return `${Math.floor(value / block) * block}/${range.prefixLen}`;
}
