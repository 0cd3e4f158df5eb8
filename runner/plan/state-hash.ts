import { isObject, type Json, type JsonObject } from '../../mesh/json.ts';
import { ApiError, type KubeApi } from '../../mesh/kube/api.ts';
import type { KindTable } from '../../mesh/kube/kind-info.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';

/** Kinds that controllers write by themselves; the objects they follow from are hashed. */
const derived = new Set(['Event', 'Lease', 'EndpointSlice', 'Endpoints', 'ControllerRevision']);
const system = /^(kube-|local-path-storage$)/;

/**
 * SHA-256 (hex) over what all objects say: metadata that the API server fills in and status are left out, generated
 * names are replaced by their owner. Equal hashes: nothing of a lab is left behind and nothing of the base is missing.
 */
export async function stateHash(api: KubeApi, kinds: KindTable): Promise<string> {
  const lists = await Promise.all(
    kinds
      .all()
      .filter((kind) => !derived.has(kind.kind))
      .map((kind) => listed(api, kind)),
  );
  const lines = lists
    .flat()
    .filter((object) => !system.test(namespaceOf(object)))
    .map(line);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines.sort().join('\n')));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A cluster without the CRD of a kind has no object of it. */
async function listed(api: KubeApi, kind: { apiVersion: string; kind: string }): Promise<KubeObject[]> {
  try {
    return (await api.list({ apiVersion: kind.apiVersion, kind: kind.kind })).items;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return [];
    throw error;
  }
}

const namespaceOf = ({ kind, metadata }: KubeObject) =>
  kind === 'Namespace' ? metadata.name : (metadata.namespace ?? '');

function line(object: KubeObject): string {
  const { apiVersion, kind, metadata, status: _, ...rest } = object;
  const owner = metadata.ownerReferences?.[0];
  // A pod that was replaced by an equal one is the same state: only its owner counts, and how many there are.
  const name = owner ? `of ${owner.kind}` : metadata.name;
  const said = canonical({
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    deleting: metadata.deletionTimestamp !== undefined,
    rest: owner ? null : (rest as JsonObject),
  });
  return [apiVersion, kind, metadata.namespace ?? '', name, JSON.stringify(said)].join(' ');
}

/** Values that the API server picks anew for an equal object. */
const allocated = new Set(['clusterIP', 'clusterIPs', 'nodePort', 'deployment.kubernetes.io/revision']);

function canonical(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value ?? null;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined && !allocated.has(key));
  return Object.fromEntries(keys.sort().map((key) => [key, canonical(value[key])]));
}
