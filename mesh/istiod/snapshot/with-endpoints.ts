import type { KubeObject } from '../../kube/objects.ts';
import type { Problem } from '../../problem.ts';
import { ingestEndpointSlice } from '../ingest/endpoint-slice.ts';
import { ingestPod } from '../ingest/pod.ts';
import { describe, type Intake } from '../ingest/read.ts';
import { selectedByService } from '../ingest/workload.ts';
import { byCreation } from '../model/config.ts';
import { type Service, serviceKey } from '../model/service.ts';
import { sliceEndpoints } from './endpoints.ts';
import { saneObject } from './sane.ts';
import { groupEndpoints } from './services.ts';
import type { PodIndex, Snapshot } from './snapshot.ts';

/** The endpoints of one Service, changed. */
export interface EndpointChange {
  namespace: string;
  service: string;
  /** All EndpointSlices that the Service has now. */
  slices: readonly KubeObject[];
  /** Pods that are new or changed. */
  pods?: readonly KubeObject[];
  /** Pods that are gone, as `namespace/name`. */
  gone?: readonly string[];
}

/**
 * The next snapshot after a change of endpoints only, far cheaper than buildSnapshot; all else is shared with `snapshot`, whose
 * clusters, listeners and routes stay as they are. Undefined where it takes buildSnapshot to tell: ServiceEntries may select pods,
 * and clusters name the identities of their endpoints.
 */
export function withEndpoints(snapshot: Snapshot, change: EndpointChange): Snapshot | undefined {
  const podsChange = (change.pods?.length ?? 0) + (change.gone?.length ?? 0) > 0;
  if (podsChange && snapshot.entries.length > 0) return undefined;
  const service = kubeService(snapshot, change);
  if (!service) return undefined;
  const key = serviceKey(service);
  if (snapshot.entries.some((e) => serviceKey(e.service) === key)) return undefined;
  const intake: Intake = { provenance: snapshot.provenance, problems: [] };
  const pods = podsChange ? nextPods(snapshot, change, intake) : snapshot.pods;
  const slices = change.slices
    .flatMap((object) => saneObject(object, intake.problems) ?? [])
    .map((object) => ingestEndpointSlice(object, intake))
    .sort(byCreation);
  const kube = snapshot.kubeServices.get(change.namespace)?.find((s) => s.name === change.service);
  const all = [...sliceEndpoints(slices, pods), ...(kube ? selectedByService(kube, service, snapshot.workloads) : [])];
  const next = groupEndpoints(service, all, { aliases: snapshot.mesh.trustDomainAliases });
  if (next.identities.join() !== snapshot.endpoints.get(key)?.identities.join()) return undefined;
  const endpoints = new Map(snapshot.endpoints).set(key, next);
  const problems = problemsAfter(snapshot.problems, [...change.slices, ...(change.pods ?? [])], intake.problems);
  return { ...snapshot, pods, endpoints, problems };
}

/** Problems of objects that were read again give way to what was found now. */
export function problemsAfter(
  before: readonly Problem[],
  read: readonly KubeObject[],
  found: readonly Problem[],
): Problem[] {
  const again = new Set(read.map(describe));
  return [...before.filter(({ where }) => where?.object === undefined || !again.has(where.object)), ...found];
}

const kubeService = (snapshot: Snapshot, { namespace, service }: EndpointChange): Service | undefined =>
  snapshot.services.byHost.get(`${service}.${namespace}.svc.cluster.local`)?.get(namespace);

/** Copies of the indexes with only the changed pods put in place: thousands stay as they are. */
export function nextPods(
  snapshot: Snapshot,
  { pods = [], gone = [] }: Pick<EndpointChange, 'pods' | 'gone'>,
  intake: Intake,
): PodIndex {
  const { nodes, mesh } = snapshot;
  const byName = new Map(snapshot.pods.byName);
  const byIp = new Map(snapshot.pods.byIp);
  const remove = (name: string) => {
    const old = byName.get(name);
    byName.delete(name);
    for (const ip of old?.ips ?? [])
      byIp.set(
        ip,
        (byIp.get(ip) ?? []).filter((pod) => pod !== old),
      );
  };
  for (const name of gone) remove(name);
  for (const given of pods) {
    const object = saneObject(given, intake.problems);
    if (!object) continue;
    const pod = ingestPod(object, { nodes, trustDomain: mesh.trustDomain }, intake);
    const name = `${pod.namespace}/${pod.name}`;
    remove(name);
    byName.set(name, pod);
    for (const ip of pod.ips) byIp.set(ip, [...(byIp.get(ip) ?? []), pod]);
  }
  return { byName, byIp };
}
