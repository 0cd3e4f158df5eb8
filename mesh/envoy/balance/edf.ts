/**
 * Earliest deadline first: each entry's next turn is 1/weight later (envoy source/common/upstream/edf_scheduler.h).
 * Weights are asked for at every turn, because least-request weights fall with the load.
 */
export class EdfScheduler<T> {
  readonly #entries: { item: T; deadline: number; order: number }[];
  readonly #weight: (item: T) => number;
  #now = 0;
  #order = 0;

  constructor(items: readonly T[], weight: (item: T) => number) {
    this.#weight = weight;
    this.#entries = items.map((item) => ({ item, deadline: 1 / weight(item), order: this.#order++ }));
  }

  next(): T | undefined {
    let first = this.#entries[0];
    if (!first) return undefined;
    for (const entry of this.#entries)
      if (entry.deadline < first.deadline || (entry.deadline === first.deadline && entry.order < first.order))
        first = entry;
    this.#now = first.deadline;
    first.deadline = this.#now + 1 / this.#weight(first.item);
    first.order = this.#order++;
    return first.item;
  }
}
