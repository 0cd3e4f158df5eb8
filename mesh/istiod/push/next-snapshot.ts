import type { KindRef, KubeObject } from '../../kube/objects.ts';
import type { Intake } from '../ingest/read.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { buildSnapshot } from '../snapshot/build.ts';
import { readKinds } from '../snapshot/kinds.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { nextPods, problemsAfter, withEndpoints } from '../snapshot/with-endpoints.ts';
import type { ObjectChange } from './noise.ts';

/** Where all objects of a kind are found: a Store is one. */
export interface ObjectSource {
  list(kind: KindRef): readonly KubeObject[];
}

const sliceKind: KindRef = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };

export const fullSnapshot = (objects: ObjectSource, mesh: MeshConfig): Snapshot =>
  buildSnapshot(
    readKinds.flatMap((kind) => objects.list(kind)),
    mesh,
  );

/** The snapshot after `changes`: derived from the one before where only endpoints changed, else read anew. */
export function nextSnapshot(before: Snapshot, changes: readonly ObjectChange[], objects: ObjectSource): Snapshot {
  const onlyEndpoints = changes.every((c) => kindOf(c) === 'Pod' || kindOf(c) === sliceKind.kind);
  return (onlyEndpoints && endpointsOnly(before, changes, objects)) || fullSnapshot(objects, before.mesh);
}

const kindOf = ({ before, after }: ObjectChange): string => (after ?? before)?.kind ?? '';

/** Undefined where it takes a whole new snapshot. */
function endpointsOnly(
  before: Snapshot,
  changes: readonly ObjectChange[],
  objects: ObjectSource,
): Snapshot | undefined {
  const pods = changes.filter((c) => kindOf(c) === 'Pod');
  // ServiceEntries may select pods.
  if (pods.length > 0 && before.entries.length > 0) return undefined;
  let next: Snapshot | undefined = pods.length > 0 ? withPods(before, pods) : before;
  const slices = objects.list(sliceKind);
  const names = new Set<string>();
  for (const { before: old, after } of changes)
    for (const object of [old, after]) if (object?.kind === sliceKind.kind) names.add(serviceOf(object));
  if (pods.length > 0) for (const slice of slicesNaming(pods, slices)) names.add(serviceOf(slice));
  for (const id of names) {
    const [namespace = '', service = ''] = id.split('/');
    // Slices that came before their Service wait for it.
    if (!next.kubeServices.get(namespace)?.some((s) => s.name === service)) continue;
    next = withEndpoints(next, { namespace, service, slices: slices.filter((s) => serviceOf(s) === id) });
    if (!next) return undefined;
  }
  return next;
}

const serviceOf = ({ metadata }: KubeObject): string =>
  `${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`;

function withPods(before: Snapshot, changes: readonly ObjectChange[]): Snapshot {
  const intake: Intake = { provenance: before.provenance, problems: [] };
  const pods = changes.flatMap((c) => c.after ?? []);
  const gone = changes.flatMap((c) => (c.before && !c.after ? podName(c.before) : []));
  const index = nextPods(before, { pods, gone }, intake);
  return { ...before, pods: index, problems: problemsAfter(before.problems, pods, intake.problems) };
}

const podName = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** Slices refer to pods by name, those that were written by hand by address. */
function slicesNaming(pods: readonly ObjectChange[], slices: readonly KubeObject[]): KubeObject[] {
  const objects = pods.flatMap(({ before, after }) => [before, after].filter((o) => o !== undefined));
  const wanted = new Set<unknown>(objects.flatMap((pod) => [pod.metadata.name, ...addressesOf(pod)]));
  return slices.filter((slice) => named(slice).some((name) => wanted.has(name)));
}

type Loose = { podIP?: unknown; podIPs?: { ip?: unknown }[] };
function addressesOf({ status }: KubeObject): string[] {
  const { podIP, podIPs } = (status ?? {}) as Loose;
  return [podIP, ...(Array.isArray(podIPs) ? podIPs.map((p) => p?.ip) : [])].filter(
    (ip): ip is string => typeof ip === 'string',
  );
}

type LooseEndpoint = { addresses?: unknown; targetRef?: { name?: unknown } } | null;
const named = ({ endpoints }: KubeObject): unknown[] =>
  (Array.isArray(endpoints) ? (endpoints as LooseEndpoint[]) : []).flatMap((endpoint) => [
    endpoint?.targetRef?.name,
    ...(Array.isArray(endpoint?.addresses) ? endpoint.addresses : []),
  ]);
