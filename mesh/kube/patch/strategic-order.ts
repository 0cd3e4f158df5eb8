import type { Json } from '../../json.ts';

interface Order {
  /** Items of the patch, in the order that is wanted. */
  order: readonly Json[];
  /** The list as it was. */
  before: readonly Json[];
  same: (a: Json, b: Json) => boolean;
}

/**
 * Items that the patch orders stand in its order; the others keep theirs and stay before whatever they stood before, so
 * that new items come first (design-proposals-archive/cli/preserve-order-in-strategic-merge-patch.md).
 */
export function ordered(merged: readonly Json[], { order, before, same }: Order): Json[] {
  const rank = (list: readonly Json[], item: Json) => list.findIndex((other) => same(other, item));
  const mine = merged.filter((item) => rank(order, item) >= 0).sort((a, b) => rank(order, a) - rank(order, b));
  const others = merged.filter((item) => rank(order, item) < 0);
  const result: Json[] = [];
  for (const next of mine) {
    const limit = rank(before, next);
    while (others[0] !== undefined && rank(before, others[0]) < limit) result.push(...others.splice(0, 1));
    result.push(next);
  }
  return [...result, ...others];
}
