import { isObject, type JsonObject, objects } from '../../../json.ts';
import type { Patch } from '../../ingest/envoy-filter.ts';
import { adds } from './listeners.ts';
import { isMerge, type PatchContext, type Patcher } from './patcher.ts';
import { mergedSocket } from './transport-socket.ts';

/**
 * Clusters with the patches of their EnvoyFilters (ApplyClusterMerge in istio networking/core/envoyfilter). `hostsOf` names the services
 * of an inbound cluster, whose name has none.
 */
export function patchClusters(
  patcher: Patcher | undefined,
  clusters: readonly JsonObject[],
  { at, hostsOf = () => [] }: { at: PatchContext; hostsOf?: (cluster: JsonObject) => readonly string[] },
): JsonObject[] {
  if (!patcher?.touches('CLUSTER')) return [...clusters];
  const patches = patcher.of('CLUSTER', at);
  const patched = clusters.flatMap((cluster) => patchCluster(patcher, patches, { cluster, hosts: hostsOf(cluster) }));
  const added = patches.filter((patch) => patch.operation === 'ADD' && adds(patch, at));
  return [...patched, ...added.map((patch) => patcher.inserted(patch))];
}

function patchCluster(
  patcher: Patcher,
  patches: readonly Patch[],
  { cluster, hosts }: { cluster: JsonObject; hosts: readonly string[] },
): JsonObject[] {
  let out = cluster;
  let removed = false;
  patcher.guarded(`cluster ${String(cluster.name)}`, () => {
    for (const patch of patches) {
      if (removed || !matchesCluster(patch, out, hosts)) continue;
      if (patch.operation === 'REMOVE') removed = true;
      else if (isMerge(patch)) out = merged(patcher, patch, out);
    }
  });
  return removed ? [] : [out];
}

/** A patch with a transport socket changes that and nothing else (mergeTransportSocketCluster). */
function merged(patcher: Patcher, patch: Patch, cluster: JsonObject): JsonObject {
  const socket = patch.value?.transportSocket;
  if (!isObject(socket)) return patcher.merge(patch, cluster);
  const out = patcher.copy(cluster);
  const matches = objects(cluster.transportSocketMatches);
  if (matches.length > 0) {
    const at = matches.findIndex((m) => isObject(m.transportSocket) && m.transportSocket.name === socket.name);
    const match = matches[at];
    if (!match || !isObject(match.transportSocket)) return cluster;
    const copy = patcher.copy(match);
    copy.transportSocket = mergedSocket(patcher, patch, match.transportSocket);
    out.transportSocketMatches = matches.with(at, copy);
    return out;
  }
  const own = cluster.transportSocket;
  out.transportSocket = isObject(own) && own.name === socket.name ? mergedSocket(patcher, patch, own) : socket;
  if (out.transportSocket === socket) patcher.origins.mark(out, patch.origin, 'transportSocket');
  return out;
}

function matchesCluster({ match }: Patch, cluster: JsonObject, hosts: readonly string[]): boolean {
  const wanted = match.cluster;
  if (!wanted) return true;
  const name = String(cluster.name ?? '');
  if (wanted.name) return wanted.name === name;
  const [direction = '', port = '', subset = '', host = ''] = name.split('|');
  const candidates = direction === 'inbound' && hosts.length > 0 ? hosts : [host];
  return (
    (!wanted.subset || wanted.subset === subset) &&
    (!wanted.service || candidates.includes(wanted.service)) &&
    (!wanted.portNumber || wanted.portNumber === Number(port))
  );
}
