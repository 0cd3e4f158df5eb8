import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { envoyBinary } from '../../mesh/host/envoy/testing/require.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Observation } from '../../runner/observe/observation.ts';
import { localPlace } from '../../runner/place/local/local.ts';
import type { Mesh, Place, TrafficPlan } from '../../runner/place/place.ts';
import { simPlace } from '../../runner/place/sim/sim.ts';
import { appObjects } from '../support/apps.ts';
import { createAuthority, secret } from '../support/authority.ts';

const { signal } = new AbortController();
const system = 'istio-system';
const places: [string, Place][] = [
  ['sim', simPlace],
  ['local', localPlace({ env: process.env, download: false })],
];
const [ours, theirs] = await Promise.all([createAuthority('ours'), createAuthority('theirs')]);

const manifests = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: web, namespace: default}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [httpbin.example]}
  - {port: {number: 80, name: moved, protocol: HTTP}, hosts: [moved.example], tls: {httpsRedirect: true}}
  - {port: {number: 443, name: simple, protocol: HTTPS}, hosts: [simple.example], tls: {mode: SIMPLE, credentialName: simple}}
  - {port: {number: 443, name: mutual, protocol: HTTPS}, hosts: [mutual.example], tls: {mode: MUTUAL, credentialName: mutual}}
  - {port: {number: 443, name: through, protocol: TLS}, hosts: [through.example], tls: {mode: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: default}
spec:
  hosts: [httpbin.example, simple.example, mutual.example, moved.example]
  gateways: [web]
  http: [{route: [{destination: {host: httpbin, port: {number: 8000}}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: through, namespace: default}
spec:
  hosts: [through.example]
  gateways: [web]
  tls: [{match: [{port: 443, sniHosts: [through.example]}], route: [{destination: {host: api-istio, port: {number: 443}}}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: api, namespace: default}
spec:
  gatewayClassName: istio
  listeners:
  - {name: http, port: 80, protocol: HTTP}
  - {name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: through}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: api, namespace: default}
spec:
  parentRefs: [{name: api}]
  rules: [{backendRefs: [{name: httpbin, port: 8000}]}]
`;

const read = (text: string): KubeObject[] => parseAllDocuments(text).map((d) => d.toJS() as KubeObject);

async function credentials(): Promise<KubeObject[]> {
  const [simple, mutual, through, client, stranger] = await Promise.all([
    ours.issue('simple.example'),
    ours.issue('mutual.example'),
    ours.issue('through.example'),
    ours.issue('client'),
    theirs.issue('client'),
  ]);
  const tls = ({ certificate, key }: typeof simple) => ({ 'tls.crt': certificate, 'tls.key': key });
  return [
    secret('simple', system, tls(simple)),
    secret('mutual', system, { ...tls(mutual), 'ca.crt': ours.certificate }),
    secret('through', 'default', tls(through)),
    secret('client', 'default', { ...tls(client), 'ca.crt': ours.certificate }),
    secret('stranger', 'default', { ...tls(stranger), 'ca.crt': theirs.certificate }),
  ];
}

const apply = async (mesh: Mesh, objects: readonly KubeObject[]) => {
  for (const object of objects) await mesh.api.apply(object, { fieldManager: 'test' });
  await mesh.settle(30_000, signal);
};

interface Call {
  url: string;
  host?: string;
  tls?: TrafficPlan['request']['tls'];
  from?: string;
}

async function call(mesh: Mesh, { url, host, tls, from = 'edge' }: Call): Promise<Observation> {
  const plan: TrafficPlan = {
    id: 'call',
    from: { app: from, namespace: 'default' },
    request: { url, method: 'GET', headers: host ? { host } : {}, timeoutMs: 5000, ...(tls && { tls }) },
    unit: 'connection',
    concurrency: 1,
    limit: { requests: 1 },
  };
  for await (const observation of mesh.send(plan, signal)) return observation;
  throw new Error('nothing was sent');
}

const ingress = 'istio-ingressgateway.istio-system';
const client = { namespace: 'default', name: 'client' };
const stranger = { namespace: 'default', name: 'stranger' };

/** What is called, and the status or the kind of error. */
const calls: [name: string, call: Call, outcome: number | string][] = [
  ['HTTP', { url: `http://${ingress}/status/200`, host: 'httpbin.example' }, 200],
  ['a host that nobody has', { url: `http://${ingress}/status/200`, host: 'other.example' }, 404],
  ['a redirect', { url: `http://${ingress}/status/200`, host: 'moved.example' }, 301],
  ['a port that no server has', { url: `http://${ingress}:15021/`, host: 'httpbin.example' }, 'ECONNREFUSED'],
  ['a Service that is not there', { url: 'http://nothing.default/' }, 'ECONNREFUSED'],
  ['SIMPLE', { url: `https://${ingress}/status/201`, host: 'simple.example', tls: { ca: client } }, 201],
  ['SIMPLE, unchecked', { url: `https://${ingress}/status/201`, host: 'simple.example', tls: { insecure: true } }, 201],
  ['SIMPLE, trusting others', { url: `https://${ingress}/`, host: 'simple.example', tls: { ca: stranger } }, 'TLS'],
  [
    'a server name that nobody has',
    { url: `https://${ingress}/`, host: 'other.example', tls: { ca: client } },
    'ECONNRESET',
  ],
  [
    'MUTUAL',
    { url: `https://${ingress}/status/202`, host: 'mutual.example', tls: { ca: client, certificate: client } },
    202,
  ],
  ['MUTUAL without certificate', { url: `https://${ingress}/`, host: 'mutual.example', tls: { ca: client } }, 'TLS'],
  [
    'MUTUAL with that of others',
    { url: `https://${ingress}/`, host: 'mutual.example', tls: { ca: client, certificate: stranger } },
    'TLS',
  ],
  ['PASSTHROUGH', { url: `https://${ingress}/status/203`, host: 'through.example', tls: { ca: client } }, 203],
  ['Gateway API, HTTP', { url: 'http://api-istio.default/status/204', host: 'any.example' }, 204],
  [
    'Gateway API, HTTPS',
    { url: 'https://api-istio.default/status/205', host: 'through.example', tls: { ca: client } },
    205,
  ],
];

describe.each(places)('gateways on %s', (name, place) => {
  const absent = name === 'local' && envoyBinary === '';
  let mesh: Mesh;
  beforeAll(async () => {
    if (absent) return;
    mesh = await place.open({ profile: 'demo', dataPlane: 'sidecar', seed: 1, signal }, () => {});
    const enrolled = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } },
    };
    await apply(mesh, [enrolled, ...appObjects('httpbin'), ...appObjects('curl')]);
  }, 60_000);
  afterAll(() => mesh?.close());

  it.skipIf(absent)('refuse connections before there is any', async () => {
    const seen = await call(mesh, { url: `http://${ingress}/`, host: 'httpbin.example' });
    expect(seen.error).toEqual({ kind: 'ECONNREFUSED', message: `connect ECONNREFUSED ${ingress}:80` });
  });

  it.skipIf(absent)(
    'serve what their servers say',
    async () => {
      await apply(mesh, [...(await credentials()), ...read(manifests)]);
      const seen: [string, number | string | undefined][] = [];
      for (const [title, what] of calls) {
        const { status, error } = await call(mesh, what);
        seen.push([title, status ?? error?.kind]);
      }
      expect(seen).toEqual(calls.map(([title, , outcome]) => [title, outcome]));
    },
    60_000,
  );
});
