import { ApiError } from '../api.ts';
import type { Store, StoreEvent } from '../store.ts';

/** The latest events of a store, for readers that each keep their own place in it. */
export interface History {
  /** Up to `limit` events after a revision, oldest first. Throws ApiError 410 when some of them are forgotten. */
  after(revision: number, limit: number): readonly StoreEvent[];
  /** Resolves when something happens after `revision`, or the signal ends. */
  beyond(revision: number, signal: AbortSignal): Promise<void>;
}

/** How many events are remembered: enough for a reader to fall behind a burst, few enough to hold in memory. */
const defaultSize = 4096;

export function createHistory(store: Store, size: number = defaultSize): History {
  let events: StoreEvent[] = [];
  /** Events up to this revision are forgotten. */
  let forgotten = store.revision;
  let latest = store.revision;
  const waiting = new Set<() => void>();
  store.subscribe((event) => {
    events.push(event);
    latest = event.revision;
    // Cut in halves, so that the cost of forgetting is spread.
    if (events.length >= size * 2) {
      forgotten = events[events.length - size - 1]?.revision ?? forgotten;
      events = events.slice(-size);
    }
    for (const wake of [...waiting]) wake();
  });
  return {
    after(revision, limit) {
      if (revision < forgotten) throw expired(revision, forgotten);
      const start = firstAfter(events, revision);
      return events.slice(start, start + limit);
    },
    beyond(revision, signal) {
      if (latest > revision || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
    },
  };
}

/** k8s.io/apiserver pkg/storage/cacher/watch_cache.go */
const expired = (revision: number, forgotten: number) =>
  new ApiError(410, 'Expired', `too old resource version: ${revision} (${forgotten})`);

/** Index of the first event after a revision (they are in order). */
function firstAfter(events: readonly StoreEvent[], revision: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.revision ?? 0) > revision) high = middle;
    else low = middle + 1;
  }
  return low;
}
