import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { envoyBinary, needs } from '../../mesh/host/envoy/testing/require.ts';
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
  - {port: {number: 443, name: late, protocol: HTTPS}, hosts: [late.example], tls: {mode: SIMPLE, credentialName: late}}
  - {port: {number: 443, name: through, protocol: TLS}, hosts: [through.example], tls: {mode: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: default}
spec:
  hosts: [httpbin.example, simple.example, mutual.example, moved.example, late.example]
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

/** A site outside of the mesh, which is called through the egress gateway with mutual TLS up to there. */
const egress = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside, namespace: default}
spec:
  hosts: [outside.example]
  addresses: [240.1.1.1]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: httpbin.outside.svc.cluster.local, ports: {http: 8000}}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: default}
spec:
  selector: {istio: egressgateway}
  servers: [{port: {number: 80, name: https, protocol: HTTPS}, hosts: [outside.example], tls: {mode: ISTIO_MUTUAL}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: egress, namespace: default}
spec:
  host: istio-egressgateway.istio-system.svc.cluster.local
  subsets:
  - name: outside
    trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL, sni: outside.example}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: egress, namespace: default}
spec:
  hosts: [outside.example]
  gateways: [mesh, egress]
  http:
  - match: [{gateways: [mesh], port: 80}]
    route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, subset: outside, port: {number: 80}}}]
  - match: [{gateways: [egress], port: 80}]
    route: [{destination: {host: outside.example, port: {number: 80}}}]
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

const outcomeOf = ({ status, error }: Observation) => status ?? error?.kind;

const inNamespace =
  (namespace: string) =>
  (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace } });

async function statsOf(mesh: Mesh, app: string, filter: string): Promise<number> {
  const { items } = await mesh.api.list({ apiVersion: 'v1', kind: 'Pod' }, { labelSelector: `app=${app}` });
  const all = await Promise.all(
    items.map(({ metadata }) => mesh.admin({ namespace: system, name: metadata.name }).stats(filter)),
  );
  return all.flatMap((stats) => [...stats.values()]).reduce((a, b) => a + b, 0);
}

/** Requests since the proxy of the ingress gateway was started. */
const served = (mesh: Mesh) => statsOf(mesh, 'istio-ingressgateway', '^http\\.outbound_.*downstream_rq_completed$');

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
  const present = (context: TestContext) => name === 'local' && needs(context, 'envoy');
  let mesh: Mesh;
  beforeAll(async () => {
    if (name === 'local' && envoyBinary === '') return;
    mesh = await place.open({ profile: 'demo', dataPlane: 'sidecar', seed: 1, signal }, () => {});
    const enrolled = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } },
    };
    await apply(mesh, [enrolled, ...appObjects('httpbin'), ...appObjects('curl')]);
  }, 60_000);
  afterAll(() => mesh?.close());

  it('refuse connections before there is any', async (context) => {
    present(context);
    const seen = await call(mesh, { url: `http://${ingress}/`, host: 'httpbin.example' });
    expect(seen.error).toEqual({ kind: 'ECONNREFUSED', message: `connect ECONNREFUSED ${ingress}:80` });
  });

  it('serve what their servers say', async (context) => {
    present(context);
    await apply(mesh, [...(await credentials()), ...read(manifests)]);
    const seen: [string, number | string | undefined][] = [];
    for (const [title, what] of calls) seen.push([title, outcomeOf(await call(mesh, what))]);
    expect(seen).toEqual(calls.map(([title, , outcome]) => [title, outcome]));
  }, 60_000);

  it('answer themselves, and see who called', async (context) => {
    present(context);
    const moved = await call(mesh, { url: `http://${ingress}/status/200`, host: 'moved.example' });
    expect(moved.headers.location).toBe('https://moved.example/status/200');
    const { body } = await call(mesh, { url: `http://${ingress}/headers`, host: 'httpbin.example' });
    expect(body).toContain('"198.51.100.1"');
  });

  it('of the Gateway API tell their address, where those in the mesh reach them too', async (context) => {
    present(context);
    const found = await mesh.api.get({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      namespace: 'default',
      name: 'api',
    });
    expect(found?.status).toMatchObject({
      addresses: [{ type: 'IPAddress', value: expect.stringMatching(/^203\.0\.113\./) }],
      conditions: [{ type: 'Accepted', status: 'True' }, { type: 'Programmed', status: 'True' }, {}],
      listeners: [
        { name: 'http', attachedRoutes: 1 },
        { name: 'https', attachedRoutes: 1 },
      ],
    });
    const [{ value = '' } = {}] = (found?.status?.addresses ?? []) as { value?: string }[];
    expect(outcomeOf(await call(mesh, { url: `http://${value}/status/206`, host: 'any.example', from: 'curl' }))).toBe(
      206,
    );
  });

  it('close connections until a certificate comes', async (context) => {
    present(context);
    const late = () => call(mesh, { url: `https://${ingress}/status/200`, host: 'late.example', tls: { ca: client } });
    const before = outcomeOf(await late());
    const { certificate, key } = await ours.issue('late.example');
    await apply(mesh, [secret('late', system, { cert: certificate, key })]);
    expect([before, outcomeOf(await late())]).toEqual(['ECONNRESET', 200]);
  });

  it('take new certificates without a restart', async (context) => {
    present(context);
    const { certificate, key } = await theirs.issue('simple.example');
    const before = await served(mesh);
    await apply(mesh, [secret('simple', system, { 'tls.crt': certificate, 'tls.key': key })]);
    const url = `https://${ingress}/status/200`;
    const outcome = async (ca: typeof client) =>
      outcomeOf(await call(mesh, { url, host: 'simple.example', tls: { ca } }));
    expect([await outcome(stranger), await outcome(client)]).toEqual([200, 'TLS']);
    expect(await served(mesh)).toBeGreaterThan(before);
  });

  it('are a way out for those in the mesh', async (context) => {
    present(context);
    const outside = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'outside' } };
    await apply(mesh, [outside, ...appObjects('httpbin').map(inNamespace('outside')), ...read(egress)]);
    const seen = await call(mesh, { url: 'http://outside.example/headers', from: 'curl' });
    expect(outcomeOf(seen)).toBe(200);
    // Its one listener takes nothing but mutual TLS.
    const answered = '^cluster\\.outbound\\|80\\|\\|outside\\.example;?\\.upstream_rq_200$';
    expect(await statsOf(mesh, 'istio-egressgateway', answered)).toBe(1);
  }, 60_000);

  if (name === 'local')
    it('are reached by an ordinary curl', async (context) => {
      present(context);
      const line = mesh.reach?.find((l) => l.includes('port 80 of Service istio-ingressgateway.istio-system')) ?? '';
      const [, url = ''] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
      const args = ['-s', '-H', 'Host: httpbin.example', '-o', '/dev/null', '-w', '%{http_code}', `${url}/status/418`];
      const out = await new Promise<string>((resolve) =>
        execFile('curl', args, (error, stdout) => resolve(error?.code === 'ENOENT' ? 'absent' : stdout)),
      );
      if (out === 'absent') context.skip('install curl');
      expect(out).toBe('418');
    });

  it('refuse connections again when nothing is for them', async (context) => {
    present(context);
    await mesh.api.delete({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      namespace: 'default',
      name: 'web',
    });
    await mesh.settle(30_000, signal);
    const { error } = await call(mesh, { url: `http://${ingress}/`, host: 'httpbin.example' });
    expect(error?.kind).toBe('ECONNREFUSED');
    expect((mesh.reach ?? []).filter((l) => l.includes('ingressgateway'))).toEqual([]);
  }, 60_000);
});
