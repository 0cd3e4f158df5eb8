import { isObject, type JsonObject } from '../../json.ts';
import type { Container, Pod } from '../../kube/kinds/pod.ts';
import { versions } from '../../versions.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { proxyMetadata } from './metadata.ts';
import { workloadOf } from './workload.ts';

/** Nobody pulls it, so it has no registry. */
export const proxyImage = `istio/proxyv2:${versions.istio}`;
export const annotation = (pod: Pod, name: string, otherwise: string) => pod.metadata.annotations?.[name] ?? otherwise;
const fieldEnv = (name: string, fieldPath: string): JsonObject => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const env = (name: string, value: string): JsonObject => ({ name, value });

const proxyConfig = (mesh: MeshConfig): JsonObject => (isObject(mesh.raw.defaultConfig) ? mesh.raw.defaultConfig : {});

export const interceptionMode = (pod: Pod, mesh: MeshConfig): string =>
  annotation(pod, 'sidecar.istio.io/interceptionMode', String(proxyConfig(mesh).interceptionMode ?? 'REDIRECT'));

/** The type of an image is a suffix of its tag (ProxyImage in istio pkg/kube/inject/inject.go). */
function imageOf(pod: Pod, mesh: MeshConfig): string {
  const { image } = proxyConfig(mesh);
  const configured = isObject(image) && typeof image.imageType === 'string' ? image.imageType : '';
  const type = annotation(pod, 'sidecar.istio.io/proxyImageType', configured);
  const suffix = type === '' || type === 'default' ? '' : `-${type}`;
  return annotation(pod, 'sidecar.istio.io/proxyImage', `${proxyImage}${suffix}`);
}

/** What differs from the agent's own defaults (cleanProxyConfig in istio pkg/kube/inject/template.go). */
function writtenConfig(mesh: MeshConfig): string {
  const { discoveryAddress, ...rest } = proxyConfig(mesh);
  return JSON.stringify(discoveryAddress === 'istiod.istio-system.svc:15012' ? rest : proxyConfig(mesh));
}

/** The proxy (files/injection-template.yaml with the values of a default install). `native`: an init container that goes on running. */
export function proxyContainer(pod: Pod, mesh: MeshConfig, native: boolean): Container {
  const readiness = (name: string, otherwise: string) =>
    Number(annotation(pod, `readiness.status.sidecar.istio.io/${name}`, otherwise));
  return {
    name: 'istio-proxy',
    image: imageOf(pod, mesh),
    ...(native ? { restartPolicy: 'Always' } : {}),
    ports: [{ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' }],
    args: [
      ...['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local'],
      `--proxyLogLevel=${annotation(pod, 'sidecar.istio.io/logLevel', 'warning')}`,
      `--proxyComponentLogLevel=${annotation(pod, 'sidecar.istio.io/componentLogLevel', 'misc:error')}`,
      `--log_output_level=${annotation(pod, 'sidecar.istio.io/agentLogLevel', 'default:info')}`,
    ],
    env: environment(pod, mesh),
    startupProbe: {
      httpGet: { path: '/healthz/ready', port: 15021 },
      periodSeconds: 1,
      timeoutSeconds: 3,
      failureThreshold: 600,
    },
    readinessProbe: {
      httpGet: { path: '/healthz/ready', port: 15021 },
      initialDelaySeconds: readiness('initialDelaySeconds', '0'),
      periodSeconds: readiness('periodSeconds', '15'),
      timeoutSeconds: 3,
      failureThreshold: readiness('failureThreshold', '4'),
    },
    resources: resources(pod),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      ...{ runAsNonRoot: true, runAsUser: 1337, runAsGroup: 1337 },
    },
    volumeMounts,
  };
}

/** Sets up the capture of the pod's traffic; in the mesh in a box there is nothing for it to do. */
export function initContainer(pod: Pod, mesh: MeshConfig): Container {
  const of = (name: string, otherwise: string) => annotation(pod, `traffic.sidecar.istio.io/${name}`, otherwise);
  const excluded = ['15090', '15021', of('excludeInboundPorts', ''), '15020'].filter((port) => port !== '');
  const optional = (flag: string, name: string) => (of(name, '') === '' ? [] : [flag, of(name, '')]);
  return {
    name: 'istio-init',
    image: imageOf(pod, mesh),
    args: [
      'istio-iptables',
      ...['-p', String(mesh.proxyListenPort), '-z', String(mesh.proxyInboundListenPort), '-u', '1337'],
      ...['-m', interceptionMode(pod, mesh)],
      ...['-i', of('includeOutboundIPRanges', '*'), '-x', of('excludeOutboundIPRanges', '')],
      ...['-b', of('includeInboundPorts', '*'), '-d', excluded.join()],
      ...optional('-q', 'includeOutboundPorts'),
      ...optional('-o', 'excludeOutboundPorts'),
      ...['--log_output_level=default:info'],
    ],
    resources: resources(pod),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: false,
      ...{ runAsNonRoot: false, runAsUser: 0, runAsGroup: 0 },
    },
  };
}

/** One of the proxy* annotations replaces all of the install's values. */
export function resources(pod: Pod): JsonObject {
  const of = (cpu: string, memory: string) => {
    const entries = [
      ['cpu', cpu],
      ['memory', memory],
    ].flatMap(([name = '', key = '']) => {
      const value = pod.metadata.annotations?.[`sidecar.istio.io/${key}`];
      return value === undefined ? [] : [[name, value]];
    });
    return entries.length > 0 ? (Object.fromEntries(entries) as JsonObject) : undefined;
  };
  const [requests, limits] = [of('proxyCPU', 'proxyMemory'), of('proxyCPULimit', 'proxyMemoryLimit')];
  if (requests || limits) return { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) };
  return { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2000m', memory: '1024Mi' } };
}

export function environment(pod: Pod, mesh: MeshConfig): JsonObject[] {
  const { name, kind, apiVersion } = workloadOf(pod);
  const apps = (pod.spec?.containers ?? []).filter((container) => container.name !== 'istio-proxy');
  const ports = apps.flatMap((container) => container.ports ?? []);
  const namespace = pod.metadata.namespace ?? 'default';
  return [
    env('PILOT_CERT_PROVIDER', 'istiod'),
    env('CA_ADDR', 'istiod.istio-system.svc:15012'),
    fieldEnv('POD_NAME', 'metadata.name'),
    fieldEnv('POD_NAMESPACE', 'metadata.namespace'),
    fieldEnv('INSTANCE_IP', 'status.podIP'),
    fieldEnv('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    fieldEnv('HOST_IP', 'status.hostIP'),
    env('PROXY_CONFIG', writtenConfig(mesh)),
    env('ISTIO_META_POD_PORTS', JSON.stringify(ports)),
    env('ISTIO_META_APP_CONTAINERS', apps.map((container) => container.name).join()),
    env('ISTIO_META_CLUSTER_ID', 'Kubernetes'),
    fieldEnv('ISTIO_META_NODE_NAME', 'spec.nodeName'),
    env('ISTIO_META_INTERCEPTION_MODE', interceptionMode(pod, mesh)),
    env('ISTIO_META_WORKLOAD_NAME', pod.metadata.labels?.['service.istio.io/workload-name'] ?? name),
    env('ISTIO_META_OWNER', `kubernetes://apis/${apiVersion}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`),
    env('ISTIO_META_MESH_ID', mesh.trustDomain),
    env('TRUST_DOMAIN', mesh.trustDomain),
    ...Object.entries(proxyMetadata(mesh.raw)).map(([key, value]) => env(key, value)),
  ];
}

const mounts: [volume: string, path: string][] = [
  ['workload-socket', '/var/run/secrets/workload-spiffe-uds'],
  ['credential-socket', '/var/run/secrets/credential-uds'],
  ['workload-certs', '/var/run/secrets/workload-spiffe-credentials'],
  ['istiod-ca-cert', '/var/run/secrets/istio'],
  ['istio-data', '/var/lib/istio/data'],
  ['istio-envoy', '/etc/istio/proxy'],
  ['istio-token', '/var/run/secrets/tokens'],
  ['istio-podinfo', '/etc/istio/pod'],
];

export const volumeMounts: JsonObject[] = mounts.map(([name, mountPath]) => ({ name, mountPath }));

export const volumes: (JsonObject & { name: string })[] = [
  { name: 'workload-socket', emptyDir: {} },
  { name: 'credential-socket', emptyDir: {} },
  { name: 'workload-certs', emptyDir: {} },
  { name: 'istio-envoy', emptyDir: { medium: 'Memory' } },
  { name: 'istio-data', emptyDir: {} },
  {
    name: 'istio-podinfo',
    downwardAPI: {
      items: ['labels', 'annotations'].map((path) => ({ path, fieldRef: { fieldPath: `metadata.${path}` } })),
    },
  },
  {
    name: 'istio-token',
    projected: {
      sources: [{ serviceAccountToken: { path: 'istio-token', expirationSeconds: 43200, audience: 'istio-ca' } }],
    },
  },
  { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } },
];
