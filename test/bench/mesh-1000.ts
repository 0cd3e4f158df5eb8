import type { KubeObject } from '../../mesh/kube/objects.ts';

/**
 * A large mesh for measurements, the same objects as the one on which the real istiod was measured (its figures are in
 * xds-1000.ts): 1 000 services with two ports and five pods each; every third has a VirtualService and a DestinationRule.
 */
export function mesh1000(services = 1000): KubeObject[] {
  const base = [...Array.from({ length: 10 }, (_, n) => `team-${n}`), 'bench'].map((name) =>
    object('v1', 'Namespace', { name }),
  );
  const client = pod({ name: 'client', namespace: 'bench', ip: '10.99.0.1', labels: { app: 'client' } });
  return [...base, client, ...Array.from({ length: services }, (_, n) => serviceObjects(n)).flat()];
}

const podsPerService = 5;

/** The slice of service 0 with one endpoint not ready: the smallest change there is. */
export const changedSlice = (objects: readonly KubeObject[]): KubeObject[] =>
  objects
    .filter((o) => o.kind === 'EndpointSlice' && o.metadata.name === 'svc-0-1')
    .map((o) => ({ ...o, endpoints: (o.endpoints as object[]).slice(1) as KubeObject['endpoints'] }));

type Meta = { name: string; namespace?: string; labels?: { [key: string]: string } };

const object = (apiVersion: string, kind: string, metadata: Meta, rest: object = {}): KubeObject =>
  ({ apiVersion, kind, metadata, ...rest }) as KubeObject;

function serviceObjects(n: number): KubeObject[] {
  const metadata = { name: `svc-${n}`, namespace: `team-${n % 10}` };
  const { name, namespace } = metadata;
  const indexes = Array.from({ length: podsPerService }, (_, i) => i);
  const addresses = indexes.map((i) => podIp(n * podsPerService + i));
  const pods = indexes.map((i) =>
    pod({
      name: `${name}-${i}`,
      namespace,
      ip: addresses[i] ?? '',
      labels: { app: name, version: i % 2 ? 'v2' : 'v1' },
    }),
  );
  const ports = [
    { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
    { name: 'tcp', port: 9000, targetPort: 9000, protocol: 'TCP' },
  ];
  const service = object('v1', 'Service', metadata, {
    spec: { clusterIP: `10.96.${Math.floor(n / 250)}.${(n % 250) + 1}`, selector: { app: name }, ports },
  });
  return [service, ...pods, slice(metadata, addresses), ...(n % 3 === 0 ? rules(metadata) : [])];
}

const podIp = (n: number): string => `10.100.${Math.floor(n / 250)}.${(n % 250) + 1}`;

const pod = ({
  ip,
  labels,
  ...metadata
}: {
  name: string;
  namespace: string;
  ip: string;
  labels: { [key: string]: string };
}) =>
  object(
    'v1',
    'Pod',
    { ...metadata, labels: { ...labels, 'security.istio.io/tlsMode': 'istio' } },
    {
      spec: {
        serviceAccountName: labels.app,
        nodeName: 'node-1',
        containers: [{ name: 'app' }, { name: 'istio-proxy' }],
      },
      status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
    },
  );

function slice({ name, namespace }: { name: string; namespace: string }, addresses: readonly string[]): KubeObject {
  const labels = { 'kubernetes.io/service-name': name };
  return object(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    { name: `${name}-1`, namespace, labels },
    {
      addressType: 'IPv4',
      endpoints: addresses.map((address, i) => ({
        addresses: [address],
        conditions: { ready: true },
        nodeName: 'node-1',
        targetRef: { kind: 'Pod', name: `${name}-${i}`, namespace },
      })),
      ports: [
        { name: 'http', port: 8080, protocol: 'TCP' },
        { name: 'tcp', port: 9000, protocol: 'TCP' },
      ],
    },
  );
}

function rules(metadata: { name: string; namespace: string }): KubeObject[] {
  const host = `${metadata.name}.${metadata.namespace}.svc.cluster.local`;
  const to = (subset: string, weight?: number) => ({ destination: { host, subset }, ...(weight && { weight }) });
  const trafficPolicy = {
    connectionPool: { tcp: { maxConnections: 100 }, http: { http1MaxPendingRequests: 100 } },
    outlierDetection: { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '30s' },
  };
  const subsets = ['v1', 'v2'].map((version) => ({ name: version, labels: { version } }));
  const debug = { name: 'debug', match: [{ headers: { user: { exact: 'debug' } } }], route: [to('v2')] };
  const retries = { attempts: 3, perTryTimeout: '1s', retryOn: '5xx,reset' };
  const split = { name: 'split', timeout: '5s', retries, route: [to('v1', 70), to('v2', 30)] };
  return [
    object('networking.istio.io/v1', 'DestinationRule', metadata, { spec: { host, trafficPolicy, subsets } }),
    object('networking.istio.io/v1', 'VirtualService', metadata, { spec: { hosts: [host], http: [debug, split] } }),
  ];
}
