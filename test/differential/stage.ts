import type { Credential } from '../../mesh/istiod/ca/credentials.ts';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import type { Proxy as MeshProxy } from '../../mesh/istiod/proxy.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import { proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { appVip, type Case, type Feature, type PodSpec, type ServiceSpec, type Slot, type World } from './feature.ts';
import { logFormat } from './log-line.ts';

/**
 * Who is in every mesh: `client` of namespace diff and `other` of namespace alien have sidecars and no app, `legacy` has
 * no sidecar; `app-v1` and `app-v2` are behind the Service `app`, and each behind one of its own name; `gateway` is a
 * gateway with label `istio: ingressgateway`, reached at its address and the port of its servers.
 */
const basePods: readonly PodSpec[] = [
  pod('client', 'diff', '10.244.0.1', { app: false }),
  pod('other', 'alien', '10.244.0.2', { app: false }),
  pod('legacy', 'plain', '10.244.0.3', { app: false, proxy: 'none' }),
  pod('app-v1', 'diff', '10.244.1.1', { serviceAccount: 'app', labels: { app: 'app', version: 'v1' } }),
  pod('app-v2', 'diff', '10.244.1.2', { serviceAccount: 'app', labels: { app: 'app', version: 'v2' } }),
  pod('gateway', 'edge', '10.244.2.1', { app: false, proxy: 'gateway', labels: { istio: 'ingressgateway' } }),
];

/** These proxies are started only when a request needs them. */
const optional = new Set(['other', 'legacy', 'gateway']);

function pod(name: string, namespace: string, ip: string, more: Partial<PodSpec>): PodSpec {
  return { name, namespace, ip, serviceAccount: name, labels: { app: name, version: 'v1' }, ...more };
}

/** An app without proxy at an address of a slot. */
export const plainPod = (ip: string): PodSpec => pod(ip, 'diff', ip, { proxy: 'none' });

export interface StagePod extends PodSpec {
  /** Absent for pods without proxy. */
  envoy?: { proxy: MeshProxy; config: XdsConfig };
}

/** A feature's mesh, as both sides are given it. */
export interface Stage {
  pods: readonly StagePod[];
  services: readonly ServiceSpec[];
  cases: readonly { slot: Slot; case: Case }[];
  /** Addresses of apps without proxy that belong to cases. */
  endpoints: readonly string[];
  credentials?: ReadonlyMap<string, Credential> | undefined;
}

export const httpPort = 8080;
export const tcpPort = 9000;

export const slotAt = (index: number): Slot => ({
  index,
  name: `c${index}`,
  host: `c${index}.test`,
  vip: `10.97.${index >> 8}.${index & 255}`,
  ips: Array.from({ length: 8 }, (_, i) => `10.${245 + (index >> 8)}.${index & 255}.${i + 1}`),
});

const usualPorts: NonNullable<PodSpec['ports']> = { [httpPort]: 'http', [tcpPort]: 'tcp' };

/** Where a pod's app answers. */
export const portsOf = (pod: PodSpec): [number, 'http' | 'tcp'][] =>
  pod.app === false ? [] : Object.entries(pod.ports ?? usualPorts).map(([port, kind]) => [Number(port), kind]);

type Making = Pick<Feature, 'mesh' | 'shared' | 'pods' | 'world'>;

/** Makes the mesh of a feature for these cases, by our control plane. Throws when an object was not understood. */
export function stageOf(feature: Making, cases: Stage['cases']): Stage {
  const { pods, services, objects, mesh } = feature.world ?? worldOf(feature, cases);
  const snapshot = buildSnapshot(objects, installedMeshConfig({ ...mesh, ...logging }));
  return {
    pods: pods.map((spec) => {
      const found = snapshot.pods.byName.get(`${spec.namespace}/${spec.name}`);
      if (!found || spec.proxy === 'none') return spec;
      const proxy = proxyOf(found, snapshot);
      return { ...spec, envoy: { proxy, config: xds(snapshot, proxy) } };
    }),
    services,
    cases,
    endpoints: cases.flatMap(({ slot, case: { endpoints = 0 } }) => slot.ips.slice(0, endpoints)),
  };
}

const logging = { accessLogFile: '/dev/stdout', accessLogEncoding: 'JSON', accessLogFormat: logFormat };

function worldOf(feature: Making, cases: Stage['cases']): World {
  const senders = new Set(cases.flatMap((c) => c.case.requests.flat().map((r) => r.from ?? 'client')));
  const targets = new Set(cases.flatMap((c) => c.case.requests.flat().map((r) => r.to?.split(':')[0])));
  const needed = basePods.filter((p) => !optional.has(p.name) || senders.has(p.name) || targets.has(p.ip));
  const pods = [...needed, ...(feature.pods ?? [])];
  const services = servicesOf(pods);
  const objects = [
    ...['istio-system', 'diff', 'alien', 'plain', 'edge'].map(namespace),
    ...pods.map(podObject),
    ...services.flatMap(serviceObjects),
    ...(feature.shared ?? []),
    ...cases.flatMap((c) => c.case.objects),
  ].map(aged);
  return { pods, services, objects, mesh: feature.mesh ?? {} };
}

function servicesOf(pods: readonly PodSpec[]): ServiceSpec[] {
  const apps = pods.filter((p) => p.app !== false);
  const ports = { 80: httpPort, [tcpPort]: tcpPort };
  const own = apps.map((p, i) => ({ name: p.name, vip: `10.96.1.${i + 1}`, pods: [p], ports }));
  return [{ name: 'app', vip: appVip, pods: apps.filter((p) => p.labels.app === 'app'), ports }, ...own];
}

/** The virtual address of the Service that has this pod alone: `10.96.1.1` for app-v1, `10.96.1.2` for app-v2. */
export const vipOf = (stage: Stage, service: string): string =>
  stage.services.find((s) => s.name === service)?.vip ?? '';

/** The first the oldest, as a cluster would say it. */
const aged = (object: JsonObject, i: number): KubeObject => {
  const metadata = object.metadata as JsonObject;
  const creationTimestamp = new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
  return { ...object, metadata: { creationTimestamp, ...metadata } } as unknown as KubeObject;
};

const namespace = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const tlsLabel = { 'security.istio.io/tlsMode': 'istio' };

function podObject({ name, namespace, ip, labels, serviceAccount, proxy = 'sidecar' }: PodSpec): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { ...labels, ...(proxy === 'sidecar' ? tlsLabel : {}) },
      ...(proxy === 'gateway' ? { annotations: { 'inject.istio.io/templates': 'gateway' } } : {}),
    },
    spec: {
      serviceAccountName: serviceAccount,
      containers: [{ name: 'app', image: name, ports: [{ containerPort: httpPort }, { containerPort: tcpPort }] }],
    },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** In namespace diff, whatever that of its pods. */
function serviceObjects({ name, vip, pods }: ServiceSpec): JsonObject[] {
  const ports = [
    { name: 'http', port: 80, targetPort: httpPort, protocol: 'TCP' },
    { name: 'tcp', port: tcpPort, targetPort: tcpPort, protocol: 'TCP' },
  ];
  const selector = name === 'app' ? { app: 'app' } : pods[0]?.labels;
  const labels = { 'kubernetes.io/service-name': name };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'diff' },
      spec: { clusterIP: vip, clusterIPs: [vip], selector: selector ?? {}, ports },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace: 'diff', labels },
      addressType: 'IPv4',
      ports: ports.map(({ name: port, targetPort, protocol }) => ({ name: port, port: targetPort, protocol })),
      endpoints: pods.map((p) => ({
        addresses: [p.ip],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', name: p.name, namespace: p.namespace },
      })),
    },
  ];
}
