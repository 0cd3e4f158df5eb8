import type { WatchEvent, WatchOptions } from '../api.ts';
import { badRequest } from '../errors.ts';
import { frozen } from '../frozen.ts';
import { groupOf, type KindInfo } from '../kind-info.ts';
import type { KubeObject } from '../objects.ts';
import type { ObjectMatch } from '../selectors/fields.ts';
import { selects } from '../selectors/select.ts';
import type { Store, StoreEvent } from '../store.ts';
import type { History } from './history.ts';

export interface WatchSources {
  store: Store;
  history: History;
}

/** Events read from the history at once: a reader holds no more than this beside the history itself. */
const chunk = 64;
/** A BOOKMARK is due when a reader has been told nothing for so many revisions. */
const silence = 256;

/**
 * What happens to the objects of a kind that the options select, as the API server tells it: an object that begins to be
 * selected is ADDED, one that ceases to be is DELETED. Starts at the time of the call, not of the first `next()`.
 * Readers share one bounded history; one that falls behind it gets ApiError 410.
 */
export function watchKind(sources: WatchSources, info: KindInfo, options: WatchOptions): AsyncIterable<WatchEvent> {
  const { store, history } = sources;
  const wanted = selection(info, options);
  const start = startOf(store, options);
  if (start !== undefined) history.after(start, 1);
  const present = start === undefined ? store.list(info, options) : [];
  const from = start ?? store.revision;
  const initial = present.map((object): WatchEvent => ({ type: 'ADDED', object }));
  const bookmarks = options.allowWatchBookmarks === true;
  if (bookmarks && start === undefined) initial.push(bookmark(info, from, { 'k8s.io/initial-events-end': 'true' }));
  return follow({ history, info, wanted, initial, from, bookmarks, signal: options.signal });
}

/** `0` means any version, so the present objects come first. Throws ApiError 400. */
function startOf(store: Store, { resourceVersion }: WatchOptions): number | undefined {
  if (resourceVersion === undefined || resourceVersion === '' || resourceVersion === '0') return undefined;
  if (!/^\d+$/.test(resourceVersion)) throw badRequest(`Invalid value: "${resourceVersion}": resourceVersion`);
  return Math.min(Number(resourceVersion), store.revision);
}

interface Following {
  history: History;
  info: KindInfo;
  wanted: ObjectMatch;
  initial: WatchEvent[];
  from: number;
  bookmarks: boolean;
  signal: AbortSignal;
}

async function* follow({ history, info, wanted, initial, from, bookmarks, signal }: Following) {
  let seen = from;
  let told = from;
  for (const event of initial) {
    if (signal.aborted) return;
    yield event;
  }
  while (!signal.aborted) {
    for (const event of history.after(seen, chunk)) {
      seen = event.revision;
      const seenBy = translate(event, wanted);
      if (seenBy === undefined) continue;
      told = seen;
      yield seenBy;
      if (signal.aborted) return;
    }
    if (bookmarks && seen - told >= silence) {
      told = seen;
      yield bookmark(info, seen);
    }
    await history.beyond(seen, signal);
  }
}

/** By what the selection held before and holds now; objects that leave it are shown as they last were in it. */
function translate({ type, object, previous }: StoreEvent, wanted: ObjectMatch): WatchEvent | undefined {
  const was = previous !== undefined && wanted(previous);
  const is = type !== 'DELETED' && wanted(object);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object };
  if (!was) return undefined;
  if (type === 'DELETED') return { type, object };
  const metadata = { ...previous.metadata, resourceVersion: object.metadata.resourceVersion };
  return { type: 'DELETED', object: frozen({ ...previous, metadata }) };
}

/** Kind, namespace, labels and fields. Throws ApiError 400. */
function selection(info: KindInfo, options: WatchOptions): ObjectMatch {
  const selected = selects(info, options);
  const group = groupOf(info.apiVersion);
  const namespace = info.namespaced ? options.namespace : undefined;
  return (object) =>
    object.kind === info.kind &&
    groupOf(object.apiVersion) === group &&
    (namespace === undefined || object.metadata.namespace === namespace) &&
    selected(object);
}

function bookmark(info: KindInfo, revision: number, annotations?: KubeObject['metadata']['annotations']): WatchEvent {
  const metadata = { name: '', resourceVersion: String(revision), annotations };
  return { type: 'BOOKMARK', object: frozen({ apiVersion: info.apiVersion, kind: info.kind, metadata }) };
}
