import type { StoreEvent } from '../store.ts';

export interface Bus {
  emit(event: StoreEvent): void;
  /** Runs a write; events of it and of writes inside it are delivered when the outermost one has ended. */
  batch<T>(write: () => T): T;
  subscribe(listener: (event: StoreEvent) => void): () => void;
}

/**
 * Delivers events in order of their revisions, each to all listeners before the next one, also when a listener writes.
 * So nobody sees a half-collected tree of owners. A listener that throws does not keep events from the others; its
 * error reaches the writer.
 */
export function createBus(): Bus {
  const listeners = new Set<(event: StoreEvent) => void>();
  const queue: StoreEvent[] = [];
  let depth = 0;
  const drain = () => {
    const errors: unknown[] = [];
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      for (const listener of [...listeners]) {
        try {
          listener(event);
        } catch (error) {
          errors.push(error);
        }
      }
    }
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'listeners failed');
  };
  return {
    emit: (event) => void queue.push(event),
    batch(write) {
      depth += 1;
      try {
        try {
          return write();
        } finally {
          // Also after a refusal: what was changed before it is told. Still inside, so a listener's write only queues.
          if (depth === 1) drain();
        }
      } finally {
        depth -= 1;
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
