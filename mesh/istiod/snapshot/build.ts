import type { KubeObject } from '../../kube/objects.ts';
import type { Problem } from '../../problem.ts';
import { ingestDestinationRule } from '../ingest/destination-rule.ts';
import { type EndpointSlice, endpointsOf, ingestEndpointSlice } from '../ingest/endpoint-slice.ts';
import { ingestPod, type Pod } from '../ingest/pod.ts';
import { type Intake, readConfig } from '../ingest/read.ts';
import { type IngestedService, ingestService, type KubeService, type Namespaces } from '../ingest/service.ts';
import { ingestVirtualService } from '../ingest/virtual-service.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { byCreation } from '../model/config.ts';
import { peerAuthentication } from '../model/peer-authentication.ts';
import { type Endpoint, type Service, serviceKey } from '../model/service.ts';
import { sidecar } from '../model/sidecar.ts';
import { indexAuthn } from './authn.ts';
import { indexDestinationRules } from './destination-rules.ts';
import { isRead } from './kinds.ts';
import { saneObject } from './sane.ts';
import {
  type EndpointIndex,
  groupEndpoints,
  indexServices,
  type ServiceEndpoints,
  type ServiceIndex,
} from './services.ts';
import type { PodIndex, Snapshot } from './snapshot.ts';
import { indexVirtualServices } from './virtual-services.ts';

/** Reads all objects. Never throws on their content: what is wrong becomes `problems`. */
export function buildSnapshot(objects: Iterable<KubeObject>, mesh: MeshConfig): Snapshot {
  const intake: Intake = { provenance: new WeakMap(), problems: [] };
  const of = byKind(objects, intake.problems);
  const namespaces: Namespaces = new Map(
    of('Namespace').map(({ metadata: m }) => [m.name, { labels: m.labels ?? {}, annotations: m.annotations ?? {} }]),
  );
  const nodes = new Map(of('Node').map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  const { trustDomain, rootNamespace } = mesh;
  const pods = indexPods(of('Pod').map((o) => ingestPod(o, { nodes, trustDomain }, intake)));
  const kube = of('Service').map((o) => ingestService(o, { namespaces, trustDomain }, intake));
  const services = indexServices(
    kube.map((s) => s.service),
    mesh.defaultServiceExportTo,
  );
  const slices = of('EndpointSlice').map((o) => ingestEndpointSlice(o, intake));
  return {
    mesh,
    provenance: intake.provenance,
    problems: intake.problems,
    namespaces,
    pods,
    kubeServices: groupKube(kube),
    services,
    endpoints: indexEndpoints(services, { slices, pods, aliases: mesh.trustDomainAliases }),
    virtualServices: indexVirtualServices(
      of('VirtualService').map((o) => ingestVirtualService(o, intake)),
      { defaultExportTo: mesh.defaultVirtualServiceExportTo, translated: [] },
      intake,
    ),
    destinationRules: indexDestinationRules(
      of('DestinationRule').map((o) => ingestDestinationRule(o, intake)),
      { rootNamespace, defaultExportTo: mesh.defaultDestinationRuleExportTo },
      intake,
    ),
    authn: indexAuthn(
      of('PeerAuthentication').map((o) => readConfig(o, peerAuthentication, intake)),
      rootNamespace,
    ),
    sidecars: of('Sidecar')
      .map((o) => readConfig(o, sidecar, intake))
      .sort(byCreation),
    scopes: new Map(),
  };
}

function byKind(objects: Iterable<KubeObject>, problems: Problem[]): (kind: string) => KubeObject[] {
  const kinds = new Map<string, KubeObject[]>();
  for (const given of objects) {
    const object = saneObject(given, problems);
    if (!object || !isRead(object)) continue;
    const list = kinds.get(object.kind);
    if (list) list.push(object);
    else kinds.set(object.kind, [object]);
  }
  return (kind) => kinds.get(kind) ?? [];
}

function indexPods(pods: readonly Pod[]): PodIndex {
  const byIp = new Map<string, Pod[]>();
  for (const pod of pods) for (const ip of pod.ips) byIp.set(ip, [...(byIp.get(ip) ?? []), pod]);
  return { byName: new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod])), byIp };
}

function groupKube(services: readonly IngestedService[]): ReadonlyMap<string, readonly KubeService[]> {
  const out = new Map<string, KubeService[]>();
  for (const { kube } of services) out.set(kube.namespace, [...(out.get(kube.namespace) ?? []), kube]);
  return out;
}

interface EndpointSources {
  slices: readonly EndpointSlice[];
  pods: PodIndex;
  aliases: readonly string[];
}

function indexEndpoints(services: ServiceIndex, from: EndpointSources): EndpointIndex {
  const byService = new Map<string, EndpointSlice[]>();
  for (const slice of [...from.slices].sort(byCreation)) {
    const name = `${slice.namespace}/${slice.service}`;
    byService.set(name, [...(byService.get(name) ?? []), slice]);
  }
  const index = new Map<string, ServiceEndpoints>();
  for (const service of services.all)
    index.set(
      serviceKey(service),
      endpointsOfService(service, byService.get(`${service.namespace}/${service.name}`) ?? [], from),
    );
  return index;
}

/** An endpoint that moves from one slice to another may stand in both for a while: the first counts. */
function endpointsOfService(
  service: Service,
  slices: readonly EndpointSlice[],
  from: EndpointSources,
): ServiceEndpoints {
  const seen = new Set<string>();
  const all: Endpoint[] = [];
  for (const slice of slices)
    for (const endpoint of endpointsOf(slice, from.pods)) {
      const id = `${endpoint.addresses[0]} ${endpoint.servicePort}`;
      if (seen.has(id)) continue;
      seen.add(id);
      all.push(endpoint);
    }
  return groupEndpoints(service, all, from.aliases);
}
