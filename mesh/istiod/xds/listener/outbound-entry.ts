import type { JsonObject } from '../../../json.ts';
import { durationText } from '../../model/duration.ts';
import type { Port } from '../../model/service.ts';
import { socketAddress, some } from '../any.ts';
import { originOfSpec, type ProxyContext } from '../context.ts';
import type { Origin } from '../types.ts';
import { type ChainOptions, chainMatch, matchesAll } from './chain-match.ts';
import { httpInspector, tlsInspector } from './inspectors.ts';

/** How an address and port is listened on; `Auto` looks at the first bytes. */
export type EntryProtocol = 'HTTP' | 'TCP' | 'Auto';

/** One outbound listener while services are still being added to it. */
export interface OutboundEntry {
  bind: string;
  extraBinds: readonly string[];
  bindToPort: boolean;
  port: number;
  protocol: EntryProtocol;
  /** Of the port that came first: MySQL and Mongo share with nobody. */
  portProtocol: Port['protocol'];
  chains: ChainOptions[];
  /** A Sidecar declared it: services of later listeners stay out. */
  locked: boolean;
  origin?: Origin;
}

/** buildListenerFromEntry in istio pilot/pkg/networking/core/listener.go; `fallthrough` serves what no chain matches. */
export function listenerOf(
  context: ProxyContext,
  entry: OutboundEntry,
  fallthrough: JsonObject[] | undefined,
): JsonObject {
  const name = `${entry.bind}_${entry.port}`;
  const needsSni = entry.chains.some((c) => (c.sniHosts?.length ?? 0) > 0);
  const needsHttp = entry.chains.some((c) => (c.alpn?.length ?? 0) > 0);
  const { chains, fallback } = writeChains(context, entry.chains, name);
  const only = fallback && chains.length === 0;
  const passthrough: JsonObject = { filterChainMatch: {}, filters: some(fallthrough), name: 'PassthroughFilterChain' };
  context.origins.mark(passthrough, originOfSpec(context, context.scope.outboundTrafficPolicy));
  const listener: JsonObject = {
    name,
    address: socketAddress(entry.bind, entry.port),
    additionalAddresses: some(entry.extraBinds.map((b) => ({ address: socketAddress(b, entry.port) }))),
    bindToPort: entry.bindToPort ? undefined : false,
    continueOnListenerFiltersTimeout: true,
    defaultFilterChain: only ? undefined : (fallback ?? passthrough),
    filterChains: only ? [fallback] : some(chains),
    listenerFilters: some([...(needsSni ? [tlsInspector] : []), ...(needsHttp ? [httpInspector] : [])]),
    // Without an inspector there is nothing to wait for.
    listenerFiltersTimeout: needsHttp ? durationText(context.mesh.protocolDetectionTimeout) : '0s',
    maxConnectionsToAcceptPerSocketEvent: entry.bindToPort ? 1 : undefined,
    trafficDirection: 'OUTBOUND',
  };
  context.origins.mark(listener, entry.origin);
  return listener;
}

/** A chain that matches everything becomes the default one: so no connection fails for matching only in part. */
function writeChains(
  context: ProxyContext,
  options: readonly ChainOptions[],
  listener: string,
): { chains: JsonObject[]; fallback: JsonObject | undefined } {
  const chains: JsonObject[] = [];
  let fallback: JsonObject | undefined;
  for (const option of options) {
    const chain: JsonObject = {
      filterChainMatch: chainMatch(option),
      filters: option.filters(listener),
      metadata: option.metadata,
      transportSocketConnectTimeout: '15s',
    };
    context.origins.mark(chain, option.origin);
    for (const cause of option.causes ?? []) context.origins.mark(chain, originOfSpec(context, cause));
    if (matchesAll(option)) fallback = chain;
    else chains.push(chain);
  }
  return { chains, fallback };
}
