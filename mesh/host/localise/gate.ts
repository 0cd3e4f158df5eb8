import type { JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { secretTlv } from '../../world/dial.ts';
import { matchTree } from './match-tree.ts';
import { objects, text, typeUrl } from './walk.ts';

const tlvState = 'envoy.network.proxy_protocol.tlv';
const field = 'secret';

/** Reads the PROXY header; its TLV with the secret is kept in filter state, where a filter chain matcher can see it. */
export const proxyHeaderFilter = (): JsonObject => ({
  name: 'envoy.filters.listener.proxy_protocol',
  typedConfig: {
    '@type': typeUrl('envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol'),
    tlvLocation: 'FILTER_STATE',
    rules: [{ tlvType: secretTlv, onTlvPresent: { key: field } }],
  },
});

/**
 * Whoever does not send the secret finds no filter chain and is reset before a byte is sent, before TLS as well. A
 * network RBAC filter, the other way, decides on the first data only: a server that speaks first, and the TLS
 * handshake, would have answered by then. The matcher replaces filterChainMatch (which stays for people to read), so
 * Envoy's own way to choose among the chains is written out in matchTree.
 * Source: envoy.config.listener.v3.Listener.filter_chain_matcher, FilterStateInput.field.
 */
export function gate(listener: JsonObject, secret: string): void {
  const inner = isObject(listener.filterChainMatcher) ? listener.filterChainMatcher : undefined;
  const fallback = isObject(listener.defaultFilterChain) ? listener.defaultFilterChain : undefined;
  const chains = objects(listener.filterChains);
  nameUniquely([...chains, ...(fallback ? [fallback] : [])]);
  const fallbackName = fallback ? text(fallback, 'name') : undefined;
  // A default chain would serve those without secret; it becomes the last resort inside of the matcher.
  delete listener.defaultFilterChain;
  listener.filterChains = fallback ? [...chains, fallback] : chains;
  listener.filterChainMatcher = {
    matcherTree: {
      input: {
        name: 'secret',
        typedConfig: {
          '@type': typeUrl('envoy.extensions.matching.common_inputs.network.v3.FilterStateInput'),
          key: tlvState,
          field,
        },
      },
      exactMatchMap: { map: { [secret]: { matcher: inner ?? matchTree(chains, fallbackName) } } },
    },
  };
}

/** A matcher names its chain, so names must differ; istiod gives the chains of one port the same name. */
function nameUniquely(chains: JsonObject[]): void {
  const seen = new Map<string, number>();
  for (const chain of chains) {
    const name = text(chain, 'name') || 'chain';
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    chain.name = count === 1 ? name : `${name}#${count}`;
  }
}
