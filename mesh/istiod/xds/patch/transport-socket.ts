import { isObject, type JsonObject } from '../../../json.ts';
import type { Patch } from '../../ingest/envoy-filter.ts';
import type { Patcher } from './patcher.ts';

/**
 * The transport socket of a chain or cluster with that of the patch merged into it. Undefined where both are not there or have
 * different names: then the patch is merged as a whole (mergeTransportSocketListener). A patch that has a socket has no other effect.
 */
export function mergeSocket(patcher: Patcher, patch: Patch, owner: JsonObject): JsonObject | undefined {
  const source = patch.value?.transportSocket;
  const target = owner.transportSocket;
  return isObject(source) && isObject(target) && source.name === target.name
    ? mergedSocket(patcher, patch, target)
    : undefined;
}

/** Two sockets of one name. */
export function mergedSocket(patcher: Patcher, patch: Patch, target: JsonObject): JsonObject {
  const source = patch.value?.transportSocket;
  if (!isObject(source) || !isObject(source.typedConfig) || !isObject(target.typedConfig)) return target;
  const out = patcher.copy(target);
  out.typedConfig = patcher.mergeAny(patch, target.typedConfig, source.typedConfig);
  return out;
}
