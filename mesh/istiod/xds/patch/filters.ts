import { isObject, type JsonObject, objects } from '../../../json.ts';
import { some } from '../any.ts';
import { messageOf } from '../proto/message.ts';
import { httpFilterPlace, matchesChain, matchesListener, networkFilterPlace } from './listener-match.ts';
import { patchList } from './lists.ts';
import type { ListenerDraft } from './patcher.ts';

const MANAGER = 'envoy.filters.network.http_connection_manager';

/** First the list of a chain, then what is in its filters (patchNetworkFilters in istio networking/core/envoyfilter). */
export function patchNetworkFilters(draft: ListenerDraft, chain: JsonObject): void {
  const { patcher, at, listener } = draft;
  const patches = patcher
    .of('NETWORK_FILTER', at)
    .filter((patch) => matchesListener(patch, listener) && matchesChain(patch, listener, chain));
  let filters = objects(chain.filters);
  for (const patch of patches) filters = patchList(patcher, patch, filters, networkFilterPlace(patch));
  chain.filters = filters;
  for (const i of filters.keys()) {
    for (const patch of patches) {
      const filter = filters[i];
      if (filter && patch.operation === 'MERGE' && networkFilterPlace(patch).is(filter))
        filters[i] = patcher.mergeFilter(patch, filter);
    }
    const filter = filters[i];
    if (filter?.name === MANAGER) filters[i] = patchHttpFilters(draft, chain, filter);
  }
}

function patchHttpFilters({ patcher, at, listener }: ListenerDraft, chain: JsonObject, filter: JsonObject): JsonObject {
  const manager = filter.typedConfig;
  if (!isObject(manager) || !messageOf(String(manager['@type'])).endsWith('.HttpConnectionManager')) return filter;
  const patches = patcher
    .of('HTTP_FILTER', at)
    .filter(
      (patch) =>
        matchesListener(patch, listener) &&
        matchesChain(patch, listener, chain) &&
        networkFilterPlace(patch).is(filter),
    );
  if (patches.length === 0) return filter;
  let filters = objects(manager.httpFilters);
  for (const patch of patches) filters = patchList(patcher, patch, filters, httpFilterPlace(patch));
  const merged = filters.map((given) => {
    let http = given;
    for (const patch of patches)
      if (patch.operation === 'MERGE' && httpFilterPlace(patch).is(http)) http = patcher.mergeFilter(patch, http);
    return http;
  });
  const typedConfig = patcher.copy(manager);
  typedConfig.httpFilters = some(merged);
  const out = patcher.copy(filter);
  out.typedConfig = typedConfig;
  return out;
}
