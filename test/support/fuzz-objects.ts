import fc, { type Arbitrary } from 'fast-check';
import type { Json, JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';

/**
 * Random objects that a cluster would take, over the few names of test/golden/ours/base.yaml, so that they meet: hosts that
 * exist and do not, short and full, in two namespaces and the root.
 */
const namespaces = ['shop', 'bank', 'istio-system'];
const services = ['catalog', 'web', 'catalog.shop.svc.cluster.local', 'ledger.bank.svc.cluster.local'];
const outside = ['api.example', '*.wild.example'];
const oneOf = (...values: string[]): Arbitrary<string> => fc.constantFrom(...values);
const host = oneOf(...services, 'api.example');
const subset = oneOf('v1', 'v2', 'gone');
const port = fc.constantFrom(80, 9000, 8080);
const seconds = fc.integer({ min: 1, max: 9 }).map((n) => `${n}s`);
const weight = fc.integer({ min: 1, max: 100 });
/** Fields that may be absent; an absent one is left out, as a writer of YAML does. */
const some = (fields: { [field: string]: Arbitrary<unknown> }, ...required: string[]): Arbitrary<JsonObject> =>
  fc.record(fields, { requiredKeys: required }) as Arbitrary<JsonObject>;
const list = <T>(item: Arbitrary<T>, maxLength = 2): Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength });
const set = (...values: string[]): Arbitrary<string[]> =>
  fc.uniqueArray(oneOf(...values), { minLength: 1, maxLength: 2 });
const labels = fc.constantFrom<JsonObject>({ app: 'web' }, { app: 'catalog' }, { version: 'v1' }, { app: 'none' });
const exportTo = fc.constantFrom<Json>(['*'], ['.'], ['shop'], ['bank']);

const text = fc.oneof(
  oneOf('a', 'b').map((exact) => ({ exact })),
  oneOf('/a', '/b/').map((prefix) => ({ prefix })),
  oneOf('/a.*', '[0-9]+').map((regex) => ({ regex })),
);
const path = fc.oneof(
  oneOf('/', '/a', '/b/c').map((prefix) => ({ prefix })),
  oneOf('/a', '/d').map((exact) => ({ exact })),
);
const match = some({
  uri: path,
  headers: fc.dictionary(oneOf('x-a', 'x-b'), text, { minKeys: 1, maxKeys: 2 }),
  withoutHeaders: fc.dictionary(oneOf('x-c'), text, { minKeys: 1, maxKeys: 1 }),
  method: oneOf('GET', 'POST').map((exact) => ({ exact })),
  queryParams: fc.dictionary(oneOf('q'), text, { minKeys: 1, maxKeys: 1 }),
  port,
  sourceLabels: labels,
  sourceNamespace: oneOf('shop', 'bank'),
  ignoreUriCase: fc.boolean(),
});
const destination = some({ host, subset, port: port.map((number) => ({ number })) }, 'host');
const headers = some({ request: some({ set: fc.constant({ 'x-set': '1' }), remove: fc.constant(['x-gone']) }) });
const leg = some({ destination, weight, headers }, 'destination', 'weight');
const routed = some(
  {
    match: list(match),
    route: list(leg),
    timeout: seconds,
    retries: some(
      { attempts: fc.integer({ min: 1, max: 3 }), perTryTimeout: seconds, retryOn: oneOf('5xx', 'reset,503') },
      'attempts',
    ),
    fault: some({ fixedDelay: seconds, percentage: fc.constant({ value: 12.5 }) }, 'fixedDelay').map((delay) => ({
      delay,
    })),
    mirror: destination,
    rewrite: fc.constantFrom({ uri: '/new' }, { authority: 'other.example' }),
    headers,
  },
  'route',
);
const redirected = some({ match: list(match), redirect: fc.constant({ uri: '/r', redirectCode: 302 }) }, 'redirect');
const answered = some({ match: list(match), directResponse: fc.constant({ status: 418 }) }, 'directResponse');
const tcp = some({ match: list(port.map((p) => ({ port: p }))), route: list(leg.map(withoutHeaders)) }, 'route');

function withoutHeaders({ headers: _, ...rest }: JsonObject): JsonObject {
  return rest;
}

const hosts = set(...services, ...outside);
const virtualService = fc.oneof(
  {
    weight: 3,
    arbitrary: some({ hosts, exportTo, http: list(fc.oneof(routed, redirected, answered), 3) }, 'hosts', 'http'),
  },
  { weight: 1, arbitrary: some({ hosts, exportTo, tcp: list(tcp) }, 'hosts', 'tcp') },
);

const policy = some({
  loadBalancer: fc.constantFrom<Json>(
    { simple: 'RANDOM' },
    { simple: 'ROUND_ROBIN' },
    { consistentHash: { useSourceIp: true } },
  ),
  connectionPool: some(
    {
      tcp: some({ maxConnections: weight, connectTimeout: seconds }, 'maxConnections'),
      http: some({ maxRetries: weight }, 'maxRetries'),
    },
    'tcp',
  ),
  outlierDetection: some({ consecutive5xxErrors: fc.nat(9), interval: seconds }, 'interval'),
  tls: fc.constantFrom<Json>({ mode: 'DISABLE' }, { mode: 'ISTIO_MUTUAL' }, { mode: 'SIMPLE', sni: 'x.example' }),
});
const destinationRule = some(
  {
    host: oneOf(...services, '*.svc.cluster.local', 'api.example'),
    exportTo,
    trafficPolicy: fc.tuple(policy, list(fc.tuple(policy, port), 1)).map(([p, [level]]) => ({
      ...p,
      portLevelSettings: level ? [{ loadBalancer: { simple: 'RANDOM' }, ...level[0], port: { number: level[1] } }] : [],
    })),
    subsets: fc.constantFrom<Json>(
      [{ name: 'v1', labels: { version: 'v1' } }],
      [
        { name: 'v2', labels: { version: 'v2' }, trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } },
        { name: 'all' },
      ],
    ),
  },
  'host',
);
const serviceEntry = some(
  {
    hosts: oneOf(...outside, 'ledger.bank.svc.cluster.local').map((one) => [one]),
    exportTo,
    location: oneOf('MESH_EXTERNAL', 'MESH_INTERNAL'),
    resolution: fc.constant('STATIC'),
    addresses: fc.constantFrom<Json>(['240.0.0.1'], ['240.0.0.2', '240.0.0.3']),
    ports: fc.constantFrom<Json>(
      [{ number: 80, name: 'http', protocol: 'HTTP' }],
      [{ number: 9000, name: 'tcp', protocol: 'TCP', targetPort: 9001 }],
      [{ number: 443, name: 'tls', protocol: 'TLS' }],
    ),
    endpoints: list(
      some({ address: oneOf('10.9.0.1', '10.9.0.2'), labels, weight, locality: oneOf('eu/a', 'us') }, 'address'),
    ),
  },
  'hosts',
  'addresses',
  'ports',
  'resolution',
  'location',
);
const sidecar = some(
  {
    workloadSelector: labels.map((l) => ({ labels: l })),
    egress: set('./*', 'bank/*', '*/api.example', '*/*').map((h) => [{ hosts: h }]),
    outboundTrafficPolicy: oneOf('ALLOW_ANY', 'REGISTRY_ONLY').map((mode) => ({ mode })),
  },
  'egress',
);
const selector = labels.map((matchLabels) => ({ matchLabels }));
const mode = oneOf('STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET').map((m) => ({ mode: m }));
const peerAuthentication = fc.oneof(
  some({ mtls: mode }),
  some({ selector, mtls: mode, portLevelMtls: fc.dictionary(oneOf('8080', '9000'), mode, { minKeys: 1 }) }, 'selector'),
);
const jwks = JSON.stringify({ keys: [{ kty: 'oct', kid: 'k', k: 'a2V5' }] });
const requestAuthentication = some(
  {
    selector,
    jwtRules: fc
      .uniqueArray(oneOf('a.example', 'b.example'), { minLength: 1 })
      .map((issuers) => issuers.map((issuer) => ({ issuer, jwks, fromParams: ['token'] }))),
  },
  'jwtRules',
);
const source = fc.oneof(
  set('cluster.local/ns/shop/sa/web', '*').map((principals) => ({ principals })),
  set('shop', 'ba*').map((list) => ({ namespaces: list })),
  set('10.0.0.0/8', '1.2.3.4').map((ipBlocks) => ({ ipBlocks })),
);
const operation = fc.oneof(
  set('GET', 'POST').map((methods) => ({ methods })),
  set('/a', '/b*', '*/c').map((paths) => ({ paths })),
  set('8080', '9000').map((ports) => ({ ports })),
);
const authorizationPolicy = some(
  {
    selector,
    action: oneOf('ALLOW', 'DENY', 'AUDIT'),
    rules: list(
      some({ from: list(source.map((s) => ({ source: s }))), to: list(operation.map((o) => ({ operation: o }))) }),
    ),
  },
  'rules',
  'action',
);

const kinds: [apiVersion: string, kind: string, spec: Arbitrary<JsonObject>][] = [
  ['networking.istio.io/v1', 'VirtualService', virtualService],
  ['networking.istio.io/v1', 'DestinationRule', destinationRule],
  ['networking.istio.io/v1', 'ServiceEntry', serviceEntry],
  ['networking.istio.io/v1', 'Sidecar', sidecar],
  ['security.istio.io/v1', 'PeerAuthentication', peerAuthentication],
  ['security.istio.io/v1', 'RequestAuthentication', requestAuthentication],
  ['security.istio.io/v1', 'AuthorizationPolicy', authorizationPolicy],
];

/** Ages in seconds; several objects may be of one age, and then their names decide. */
const age = fc.integer({ min: 0, max: 3 });
const created = (seconds: number) => new Date(Date.UTC(2026, 0, 2, 0, 0, seconds)).toISOString();

/** Up to `maxLength` objects with names of their own. */
export const someObjects = (maxLength = 8): Arbitrary<KubeObject[]> =>
  fc
    .array(
      fc.tuple(
        fc.oneof(...kinds.map(([apiVersion, kind, spec]) => spec.map((s) => ({ apiVersion, kind, spec: s })))),
        oneOf(...namespaces),
        age,
      ),
      { minLength: 1, maxLength },
    )
    .map((drawn) =>
      drawn.map(([object, namespace, seconds], i) => ({
        ...object,
        metadata: { name: `o${i}`, namespace, creationTimestamp: created(seconds) },
      })),
    );

/** Objects that no proxy outside of namespace `elsewhere` has to do with: of its own hosts, or not exported. */
export const unrelatedObjects: Arbitrary<KubeObject[]> = someObjects(6).map((objects) =>
  objects.map(({ metadata, ...object }) => {
    const { spec } = object as { spec?: JsonObject };
    const exported = ['VirtualService', 'DestinationRule', 'ServiceEntry'].includes(object.kind)
      ? { exportTo: ['.'] }
      : {};
    return { ...object, metadata: { ...metadata, namespace: 'elsewhere' }, spec: { ...spec, ...exported } };
  }),
);
