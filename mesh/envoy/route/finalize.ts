import type { JsonObject } from '../../json.ts';
import type { Direction } from '../headers/inline.ts';
import { compileMutation, type HeaderMutation } from '../headers/mutation.ts';
import { flag, object, objects, text } from '../match/proto.ts';
import type { Stream } from '../types.ts';
import type { PathMatcher } from './path-matcher.ts';
import { compileRewrites } from './rewrite.ts';

export interface Levels {
  config: JsonObject;
  virtualHost: JsonObject;
  route: JsonObject;
}

/** JSON pointers of the same three. */
export type Pointers = { readonly [level in keyof Levels]: string };

/**
 * Header operations of one direction: weighted cluster, then route, virtual host, configuration, so that the least
 * specific wins; the last three the other way round with mostSpecificHeaderMutationsWins (envoy
 * source/common/router/config_impl.cc, getHeaderParsers).
 */
function mutationsOf(levels: Levels, at: Pointers, direction: Direction): HeaderMutation[] {
  const all = (['route', 'virtualHost', 'config'] as const).flatMap(
    (level) => compileMutation(levels[level], direction, at[level]) ?? [],
  );
  return flag(levels.config, 'mostSpecificHeaderMutationsWins') ? all.reverse() : all;
}

const weightedOf = ({ route }: Levels): JsonObject[] =>
  objects(object(object(route, 'route') ?? {}, 'weightedClusters') ?? {}, 'clusters');

/** CompiledRoute.finalizeRequest: header operations first, then the host, then the path. */
export function compileFinalizeRequest(levels: Levels, at: Pointers, path: PathMatcher): (stream: Stream) => void {
  const mutations = mutationsOf(levels, at, 'request');
  const rewrite = compileRewrites(object(levels.route, 'route') ?? {}, path, `${at.route}/route`);
  const weighted = weightedOf(levels).map((cluster, i) => {
    const mutate = compileMutation(cluster, 'request', `${at.route}/route/weightedClusters/clusters/${i}`);
    return { mutate, host: text(cluster, 'hostRewriteLiteral') };
  });
  return (stream) => {
    const { headers } = stream.request;
    const chosen = weighted[stream.weightedCluster];
    chosen?.mutate?.(headers, stream);
    if (chosen && chosen.host !== '') headers.set(':authority', chosen.host);
    for (const mutate of mutations) mutate(headers, stream);
    rewrite?.(headers);
  };
}

/** CompiledRoute.finalizeResponse. */
export function compileFinalizeResponse(levels: Levels, at: Pointers): (stream: Stream) => void {
  const mutations = mutationsOf(levels, at, 'response');
  const weighted = weightedOf(levels).map((cluster, i) =>
    compileMutation(cluster, 'response', `${at.route}/route/weightedClusters/clusters/${i}`),
  );
  return (stream) => {
    const headers = stream.response?.headers;
    if (!headers) return;
    weighted[stream.weightedCluster]?.(headers, stream);
    for (const mutate of mutations) mutate(headers, stream);
  };
}
