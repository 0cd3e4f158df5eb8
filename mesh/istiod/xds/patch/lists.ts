import type { JsonObject } from '../../../json.ts';
import type { Patch } from '../../ingest/envoy-filter.ts';
import type { Patcher } from './patcher.ts';

/** How a patch finds its place in a list: whether it names an item at all, and which items it names. */
export interface Place {
  named: boolean;
  is: (item: JsonObject) => boolean;
}

/**
 * Adds, inserts, replaces or removes as the patch says; merging is none of its business. Without a named item "after" is the end and
 * "before" the beginning, and nothing is replaced or removed (listener_patch.go in istio networking/core/envoyfilter).
 */
export function patchList(patcher: Patcher, patch: Patch, list: JsonObject[], { named, is }: Place): JsonObject[] {
  const value = () => patcher.inserted(patch);
  const at = named ? list.findIndex(is) : -1;
  switch (patch.operation) {
    case 'ADD':
      return [...list, value()];
    case 'INSERT_FIRST':
      return [value(), ...list];
    case 'INSERT_AFTER':
      if (!named) return [...list, value()];
      return at < 0 ? list : list.toSpliced(at + 1, 0, value());
    case 'INSERT_BEFORE':
      if (!named) return [value(), ...list];
      return at < 0 ? list : list.toSpliced(at, 0, value());
    case 'REPLACE':
      return at < 0 ? list : list.with(at, value());
    case 'REMOVE':
      return named ? list.filter((item) => !is(item)) : list;
    default:
      return list;
  }
}
