import type { KubeObject } from '../../kube/objects.ts';
import type { Problem } from '../../problem.ts';
import { ingestDestinationRule } from '../ingest/destination-rule.ts';
import { ingestEndpointSlice } from '../ingest/endpoint-slice.ts';
import { ingestEnvoyFilter } from '../ingest/envoy-filter.ts';
import { type KnownServices, translateGatewayApi } from '../ingest/gateway-api/gateway-api.ts';
import { ingestPod, type Pod } from '../ingest/pod.ts';
import { type Intake, readConfig } from '../ingest/read.ts';
import { type IngestedService, ingestService, type KubeService, type Namespaces } from '../ingest/service.ts';
import { ingestServiceEntry, servicesOf } from '../ingest/service-entry.ts';
import { ingestTrafficExtension, ingestWasmPlugin } from '../ingest/traffic-extension.ts';
import { ingestVirtualService } from '../ingest/virtual-service.ts';
import { type Workload, workloadOfEntry, workloadOfPod } from '../ingest/workload.ts';
import { isHealthy } from '../ingest/workload-health.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { authorizationPolicy } from '../model/authorization-policy.ts';
import { byCreation } from '../model/config.ts';
import { gateway } from '../model/gateway.ts';
import { peerAuthentication } from '../model/peer-authentication.ts';
import { proxyConfigObject } from '../model/proxy-config.ts';
import { requestAuthentication } from '../model/request-authentication.ts';
import { workloadEntry } from '../model/service-entry.ts';
import { sidecar } from '../model/sidecar.ts';
import { telemetry } from '../model/telemetry.ts';
import { Messages } from '../xds/proto/message.ts';
import { indexAuthn } from './authn.ts';
import { indexDestinationRules } from './destination-rules.ts';
import { indexEndpoints } from './endpoints.ts';
import { indexEnvoyFilters } from './envoy-filters.ts';
import { indexExtensions } from './extensions.ts';
import { isOfRevision, isRead, kindName } from './kinds.ts';
import { knownServices } from './known-services.ts';
import { indexPolicies } from './policies.ts';
import { indexProxyConfigs } from './proxy-configs.ts';
import { saneObject } from './sane.ts';
import { indexServices } from './services.ts';
import type { PodIndex, Snapshot } from './snapshot.ts';
import { indexTelemetries } from './telemetries.ts';
import { indexVirtualServices } from './virtual-services.ts';

/** Reads all objects. Never throws on their content: what is wrong becomes `problems`. */
export function buildSnapshot(objects: Iterable<KubeObject>, mesh: MeshConfig): Snapshot {
  const intake: Intake = { provenance: new WeakMap(), problems: [] };
  const of = byKind(objects, intake.problems);
  const namespaces: Namespaces = new Map(
    of('Namespace').map(({ metadata: m }) => [m.name, { labels: m.labels ?? {}, annotations: m.annotations ?? {} }]),
  );
  const nodes = new Map(of('Node').map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  const { trustDomain } = mesh;
  const pods = indexPods(of('Pod').map((o) => ingestPod(o, { nodes, trustDomain }, intake)));
  const kube = of('Service').map((o) => ingestService(o, { namespaces, trustDomain }, intake));
  const workloads = workloadsOf(pods, of('WorkloadEntry'), { trustDomain, intake });
  const serviceEntries = of('ServiceEntry').map((o) => ingestServiceEntry(o, intake));
  const entries = serviceEntries.flatMap((config) => servicesOf(config, { namespaces, trustDomain, workloads }));
  const services = indexServices(
    [...kube, ...entries].map((s) => s.service),
    mesh.defaultServiceExportTo,
  );
  const slices = of('EndpointSlice').map((o) => ingestEndpointSlice(o, intake));
  const aliases = mesh.trustDomainAliases;
  return {
    mesh,
    provenance: intake.provenance,
    problems: intake.problems,
    namespaces,
    nodes,
    pods,
    kubeServices: groupKube(kube),
    services,
    endpoints: indexEndpoints(services, { slices, pods, aliases, kube, entries, workloads }),
    entries,
    workloads,
    serviceEntries,
    ...rulesOf(of, { mesh, known: knownServices({ mesh, namespaces, kube, serviceEntries, services }), intake }),
    scopes: new Map(),
  };
}

type Rules =
  | 'envoyFilters'
  | 'telemetries'
  | 'extensions'
  | 'virtualServices'
  | 'gateways'
  | 'gatewayApi'
  | 'destinationRules'
  | 'authn'
  | 'authorization'
  | 'requestAuthentication'
  | 'proxyConfigs'
  | 'sidecars';

/** Istio's own configuration, by what asks for it. */
function rulesOf(
  of: (kind: string) => KubeObject[],
  { mesh, known, intake }: { mesh: MeshConfig; known: KnownServices; intake: Intake },
): Pick<Snapshot, Rules> {
  const { rootNamespace } = mesh;
  const api = translateGatewayApi(of, known, intake);
  return {
    virtualServices: indexVirtualServices(
      of('VirtualService').map((o) => ingestVirtualService(o, intake)),
      { defaultExportTo: mesh.defaultVirtualServiceExportTo, translated: api.virtualServices },
      intake,
    ),
    gateways: [...of('Gateway').map((o) => readConfig(o, gateway, intake)), ...api.gateways].sort(byCreation),
    gatewayApi: api.results,
    destinationRules: indexDestinationRules(
      [...of('DestinationRule').map((o) => ingestDestinationRule(o, intake)), ...api.destinationRules],
      { rootNamespace, defaultExportTo: mesh.defaultDestinationRuleExportTo },
      intake,
    ),
    authn: indexAuthn(
      of('PeerAuthentication').map((o) => readConfig(o, peerAuthentication, intake)),
      rootNamespace,
    ),
    authorization: indexPolicies(
      of('AuthorizationPolicy').map((o) => readConfig(o, authorizationPolicy, intake)),
      rootNamespace,
    ),
    requestAuthentication: indexPolicies(
      of('RequestAuthentication').map((o) => readConfig(o, requestAuthentication, intake)),
      rootNamespace,
      'own',
    ),
    ...extending(of, { rootNamespace, intake }),
    proxyConfigs: indexProxyConfigs(
      of('ProxyConfig').map((o) => readConfig(o, proxyConfigObject, intake)),
      mesh,
    ),
    sidecars: of('Sidecar')
      .map((o) => readConfig(o, sidecar, intake))
      .sort(byCreation),
  };
}

/** What adds to the configuration of proxies, or changes it. */
function extending(
  of: (kind: string) => KubeObject[],
  { rootNamespace, intake }: { rootNamespace: string; intake: Intake },
): Pick<Snapshot, 'envoyFilters' | 'telemetries' | 'extensions'> {
  const messages = new Messages();
  const extensions = [
    ...of('TrafficExtension').flatMap((o) => ingestTrafficExtension(o, intake)),
    ...of('WasmPlugin').flatMap((o) => ingestWasmPlugin(o, intake)),
  ];
  return {
    envoyFilters: indexEnvoyFilters(
      of('EnvoyFilter').map((o) => ingestEnvoyFilter(o, messages, intake)),
      { rootNamespace, messages },
    ),
    telemetries: indexTelemetries(
      of('Telemetry').map((o) => readConfig(o, telemetry, intake)),
      rootNamespace,
    ),
    extensions: indexExtensions(extensions, rootNamespace),
  };
}

/** The revision that this control plane is. */
const revision = 'default';

function byKind(objects: Iterable<KubeObject>, problems: Problem[]): (kind: string) => KubeObject[] {
  const kinds = new Map<string, KubeObject[]>();
  for (const given of objects) {
    const object = saneObject(given, problems);
    if (!object || !isRead(object) || !isOfRevision(object, revision)) continue;
    const name = kindName(object);
    const list = kinds.get(name);
    if (list) list.push(object);
    else kinds.set(name, [object]);
  }
  return (kind) => kinds.get(kind) ?? [];
}

function workloadsOf(
  pods: PodIndex,
  entries: readonly KubeObject[],
  at: { trustDomain: string; intake: Intake },
): Workload[] {
  return [
    ...[...pods.byName.values()].flatMap((pod) => workloadOfPod(pod) ?? []),
    ...entries.filter(isHealthy).map((object) => {
      const { spec: entry, ...meta } = readConfig(object, workloadEntry, at.intake);
      return workloadOfEntry({ ...meta, entry, trustDomain: at.trustDomain });
    }),
  ];
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
