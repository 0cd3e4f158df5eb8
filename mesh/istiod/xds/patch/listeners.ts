import { isObject, type JsonObject, objects } from '../../../json.ts';
import type { Patch } from '../../ingest/envoy-filter.ts';
import { some } from '../any.ts';
import { patchNetworkFilters } from './filters.ts';
import { listenerFilterPlace, matchesChain, matchesListener } from './listener-match.ts';
import { patchList } from './lists.ts';
import { isMerge, type ListenerDraft, type PatchContext, type Patcher } from './patcher.ts';
import { mergeSocket } from './transport-socket.ts';

/** Listeners with the patches of their EnvoyFilters (ApplyListenerPatches in istio pilot/pkg/networking/core/envoyfilter). */
export function patchListeners(
  patcher: Patcher | undefined,
  at: PatchContext,
  listeners: readonly JsonObject[],
  additions: 'additions' | 'no additions' = 'additions',
): JsonObject[] {
  if (!patcher?.touches('LISTENER', 'LISTENER_FILTER', 'FILTER_CHAIN', 'NETWORK_FILTER', 'HTTP_FILTER'))
    return [...listeners];
  const drafts = listeners.map(patcher.copy);
  patcher.guarded('listeners', () => {
    for (const i of listeners.keys()) patchListener({ patcher, at, drafts }, i);
    for (const patch of additions === 'additions' ? patcher.of('LISTENER', at) : [])
      if (patch.operation === 'ADD' && adds(patch, at)) drafts.push(patcher.inserted(patch));
  });
  return drafts.filter((listener) => listener.name);
}

/** What is added without a context is added once. */
export const adds = ({ match }: Patch, at: PatchContext): boolean =>
  (match.context ?? 'ANY') !== 'ANY' || at !== 'SIDECAR_INBOUND';

interface Drafts {
  patcher: Patcher;
  at: PatchContext;
  drafts: JsonObject[];
}

function patchListener({ patcher, at, drafts }: Drafts, index: number): void {
  for (const patch of patcher.of('LISTENER', at)) {
    const listener = drafts[index] ?? {};
    if (!matchesListener(patch, listener)) continue;
    if (patch.operation === 'REMOVE') {
      listener.name = undefined;
      return;
    }
    if (isMerge(patch)) drafts[index] = patcher.merge(patch, listener);
  }
  const listener = drafts[index] ?? {};
  for (const patch of patcher.of('LISTENER_FILTER', at))
    if (matchesListener(patch, listener)) patchListenerFilters(patcher, patch, listener);
  patchFilterChains({ patcher, at, listener });
}

/** As istiod, merging goes into every listener filter, whichever the match names: their messages must be the same. */
function patchListenerFilters(patcher: Patcher, patch: Patch, listener: JsonObject): void {
  const place = listenerFilterPlace(patch);
  const filters = objects(listener.listenerFilters);
  if (patch.operation !== 'MERGE') {
    listener.listenerFilters = some(patchList(patcher, patch, filters, place));
    return;
  }
  if (!place.named) return;
  listener.listenerFilters = filters;
  for (const [i, filter] of filters.entries()) {
    const { name: _, ...value } = patch.value ?? {};
    filters[i] = patcher.mergeFilter({ ...patch, value }, filter);
  }
}

function patchFilterChains(draft: ListenerDraft): void {
  const { patcher, at, listener } = draft;
  const chains = objects(listener.filterChains).map(patcher.copy);
  listener.filterChains = some(chains);
  const removed = new Set<JsonObject>();
  for (const i of chains.keys()) if (chains[i]?.filters) patchChain(draft, { chains, i, removed });
  const fallback = listener.defaultFilterChain;
  if (isObject(fallback) && fallback.filters) {
    const only = [patcher.copy(fallback)];
    patchChain(draft, { chains: only, i: 0, removed });
    listener.defaultFilterChain = only.find((chain) => !removed.has(chain));
  }
  for (const patch of patcher.of('FILTER_CHAIN', at))
    if (patch.operation === 'ADD' && matchesListener(patch, listener)) chains.push(patcher.inserted(patch));
  // istiod drops chains that never had a filter together with those that a patch removes.
  listener.filterChains = some(chains.filter((chain) => chain.filters && !removed.has(chain)));
}

interface ChainDrafts {
  chains: JsonObject[];
  i: number;
  removed: Set<JsonObject>;
}

function patchChain(draft: ListenerDraft, { chains, i, removed }: ChainDrafts): void {
  const { patcher, at, listener } = draft;
  for (const patch of patcher.of('FILTER_CHAIN', at)) {
    const chain = chains[i] ?? {};
    if (!matchesListener(patch, listener) || !matchesChain(patch, listener, chain)) continue;
    if (patch.operation === 'REMOVE') {
      removed.add(chain);
      return;
    }
    if (!isMerge(patch)) continue;
    const socket = mergeSocket(patcher, patch, chain);
    if (socket) chain.transportSocket = socket;
    else chains[i] = patcher.merge(patch, chain);
  }
  patchNetworkFilters(draft, chains[i] ?? {});
}
