import { join } from 'node:path';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Mesh, Place } from '../../runner/place/place.ts';
import { type Authority, createAuthority, type Pair, secret } from '../support/authority.ts';
import { apply } from './run-table.ts';
import { folder, readObjects } from './table.ts';

const { signal } = new AbortController();

/** A mesh with everything that all tables share. */
export async function openConformance(place: Place): Promise<Mesh> {
  const mesh = await place.open({ profile: 'minimal', dataPlane: 'sidecar', seed: 1, signal }, () => {});
  const base = readObjects(join(folder, 'base.yaml'));
  const [spaces, gateways] = [base.filter((o) => o.kind === 'Namespace'), base.filter((o) => o.kind !== 'Namespace')];
  await apply(mesh, [...spaces, ...(await secrets()), ...backends, ...gateways]);
  return mesh;
}

/** Certificates by Secret and namespace, all of one authority, whose certificate is in the ConfigMap and Secret `ca`. */
const certificates: [name: string, namespace: string, host: string][] = [
  ['tls', 'infra', 'example.org'],
  ['tls-second', 'infra', 'second-example.org'],
  ['tls-wildcard', 'infra', '*.wildcard.org'],
  ['tls-abc', 'infra', 'abc.example.com'],
  ['tls-other', 'infra', 'other.example.com'],
  ['client', 'infra', 'client'],
  ['certificate', 'web-backend', 'web.example'],
];

async function secrets(): Promise<KubeObject[]> {
  const [authority, other] = await Promise.all([createAuthority('conformance'), createAuthority('other')]);
  const pair = async (name: string, namespace: string, { certificate, key }: Pair) =>
    secret(name, namespace, { 'tls.crt': certificate, 'tls.key': key });
  const all = certificates.map(async ([name, space, host]) => pair(name, space, await authority.issue(host)));
  const stranger = pair('stranger', 'infra', await other.issue('client'));
  return [...(await Promise.all([...all, stranger])), ...bundles('ca', authority), ...bundles('other-ca', other)];
}

function bundles(name: string, { certificate }: Authority): KubeObject[] {
  const data = { 'ca.crt': certificate };
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'infra' }, data };
  return [secret(name, 'infra', data), map];
}

interface App {
  app: string;
  namespace: string;
  labels?: { [label: string]: string };
  ports?: object[];
}

const gatewayPorts = [
  { name: 'first-port', port: 8080, targetPort: 3000 },
  { name: 'second-port', port: 8081, targetPort: 3001, appProtocol: 'kubernetes.io/h2c' },
  { name: 'third-port', port: 8082, targetPort: 3000, appProtocol: 'kubernetes.io/ws' },
];
const meshPorts = [
  { name: 'http', port: 80, targetPort: 3000, appProtocol: 'http' },
  { name: 'http-alt', port: 8080, targetPort: 3000, appProtocol: 'http' },
  { name: 'grpc', port: 7070, targetPort: 3001 },
];

/** A Deployment of the echo with a Service of the same name. */
function echo({ app, namespace, labels = {}, ports = gatewayPorts }: App): KubeObject[] {
  const all = { app, ...labels };
  const containers = [{ name: 'echo', image: 'registry.k8s.io/gateway-api/conformance/echo-basic:v0.1.0' }];
  return [
    service(app, { namespace, selector: all, ports }),
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: app, namespace } },
      ...{
        spec: {
          replicas: 1,
          selector: { matchLabels: all },
          template: { metadata: { labels: all }, spec: { containers } },
        },
      },
    },
  ];
}

const service = (
  name: string,
  { namespace, ...spec }: { namespace: string; selector: { [label: string]: string }; ports: object[] },
): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } },
  ...{ spec: spec as never },
});

const inMesh = { ports: meshPorts, labels: { group: 'echo' } };
const backends: KubeObject[] = [
  ...['v1', 'v2', 'v3'].flatMap((app) => echo({ app, namespace: 'infra' })),
  ...['app-v1', 'app-v2'].flatMap((app) => echo({ app, namespace: 'app-backend' })),
  ...echo({ app: 'web', namespace: 'web-backend' }),
  ...['echo-v1', 'echo-v2'].flatMap((app) => echo({ app, namespace: 'mesh', ...inMesh })),
  service('echo', { namespace: 'mesh', selector: { group: 'echo' }, ports: meshPorts }),
  ...echo({ app: 'consumer', namespace: 'mesh-consumer', ports: meshPorts }),
];
