import { isObject, type Json, type JsonObject, objects } from '../../json.ts';
import type { MeshConfig } from '../mesh-config.ts';
import type { Proxy as MeshProxy } from '../proxy.ts';
import type { SidecarScope } from '../snapshot/scope-types.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { FieldAt, Otherwise } from './origins.ts';
import type { Origin } from './types.ts';

interface Row {
  /** The type of resource, and the field in it, at any depth. */
  part: 'listeners' | 'routes' | 'clusters' | 'endpoints';
  field: string;
  /** Field of MeshConfig, dotted. */
  mesh: string;
  /** Whether it decided here; without it, wherever the field stands. */
  when?: (at: FieldAt, written: Json) => boolean;
}

const fieldValue = ({ holder, name }: { holder: object; name: string }) =>
  (holder as { [name: string]: unknown })[name];
const nameOf = ({ holder }: FieldAt) => String(fieldValue({ holder, name: 'name' }));
const same: Row['when'] = (at, written) => String(fieldValue(at)) === String(written);
const named =
  (...names: string[]): Row['when'] =>
  (at) =>
    names.includes(nameOf(at));
const begins =
  (text: string): Row['when'] =>
  (at) =>
    nameOf(at).startsWith(text);

const pool = 'defaultTrafficPolicy.connectionPool';
const paths = 'pathNormalization.normalization';

/** Which setting of the mesh decides a field that no object decided. */
const rows: readonly Row[] = [
  { part: 'clusters', field: 'connectTimeout', mesh: 'connectTimeout' },
  { part: 'clusters', field: 'upstreamConnectionOptions', mesh: 'tcpKeepalive' },
  { part: 'clusters', field: 'dnsRefreshRate', mesh: 'dnsRefreshRate' },
  { part: 'clusters', field: 'maxConnections', mesh: `${pool}.tcp.maxConnections`, when: same },
  { part: 'clusters', field: 'maxPendingRequests', mesh: `${pool}.http.http1MaxPendingRequests`, when: same },
  { part: 'clusters', field: 'maxRequests', mesh: `${pool}.http.http2MaxRequests`, when: same },
  { part: 'clusters', field: 'maxRetries', mesh: `${pool}.http.maxRetries`, when: same },
  { part: 'clusters', field: 'outlierDetection', mesh: 'defaultTrafficPolicy.outlierDetection' },
  { part: 'clusters', field: 'localityWeightedLbConfig', mesh: 'localityLbSetting' },
  { part: 'clusters', field: 'zoneAwareLbConfig', mesh: 'zoneAwareLbSetting' },
  { part: 'clusters', field: 'matchSubjectAltNames', mesh: 'trustDomainAliases' },
  { part: 'clusters', field: 'ecdhCurves', mesh: 'tlsDefaults.ecdhCurves' },
  { part: 'clusters', field: 'cipherSuites', mesh: 'tlsDefaults.cipherSuites' },
  { part: 'clusters', field: 'altStatName', mesh: 'outboundClusterStatName', when: begins('outbound|') },
  { part: 'clusters', field: 'altStatName', mesh: 'inboundClusterStatName', when: begins('inbound|') },
  { part: 'clusters', field: 'loadAssignment', mesh: 'inboundTrafficPolicy.mode', when: begins('inbound|') },
  { part: 'endpoints', field: 'priority', mesh: 'localityLbSetting' },
  { part: 'routes', field: 'retryPolicy', mesh: 'defaultHttpRetryPolicy' },
  { part: 'routes', field: 'name', mesh: 'outboundTrafficPolicy.mode', when: named('allow_any', 'block_all') },
  { part: 'listeners', field: 'retryPolicy', mesh: 'defaultInboundHttpRetryPolicy' },
  {
    part: 'listeners',
    field: 'filters',
    mesh: 'outboundTrafficPolicy.mode',
    when: named('virtualOutbound-catchall-tcp'),
  },
  { part: 'listeners', field: 'listenerFiltersTimeout', mesh: 'protocolDetectionTimeout' },
  { part: 'listeners', field: 'accessLog', mesh: 'accessLogFile' },
  { part: 'listeners', field: 'accessLog', mesh: 'defaultProviders.accessLogging' },
  { part: 'listeners', field: 'tracing', mesh: 'defaultProviders.tracing' },
  ...['normalizePath', 'mergeSlashes', 'pathWithEscapedSlashesAction'].map(
    (field): Row => ({ part: 'listeners', field, mesh: paths }),
  ),
  { part: 'listeners', field: 'matchSubjectAltNames', mesh: 'trustDomainAliases' },
  { part: 'listeners', field: 'tlsMinimumProtocolVersion', mesh: 'meshMTLS.minProtocolVersion' },
  { part: 'listeners', field: 'ecdhCurves', mesh: 'meshMTLS.ecdhCurves' },
];

/** Of ProxyConfig: `defaultConfig`, where neither an object nor the pod has another value. */
const ofProxies: readonly [part: Row['part'], field: string, setting: string][] = [
  ['listeners', 'serverName', 'proxyHeaders.server.value'],
  ['listeners', 'serverHeaderTransformation', 'proxyHeaders.server.disabled'],
  ['listeners', 'generateRequestId', 'proxyHeaders.requestId.disabled'],
  ['listeners', 'appendXForwardedPort', 'proxyHeaders.xForwardedPort.enabled'],
  ['listeners', 'suppressEnvoyHeaders', 'proxyHeaders.envoyDebugHeaders.disabled'],
  ['listeners', 'forwardClientCertDetails', 'proxyHeaders.forwardedClientCert'],
  ['listeners', 'setCurrentClientCertDetails', 'proxyHeaders.setCurrentClientCertDetails'],
  ['listeners', 'skip_external_clusters', 'proxyHeaders.metadataExchangeHeaders.mode'],
  ['listeners', 'headerKeyFormat', 'proxyHeaders.preserveHttp1HeaderCase'],
  ['listeners', 'randomSampling', 'tracing.sampling'],
  ['listeners', 'maxPathTagLength', 'tracing.maxPathTagLength'],
  ['listeners', 'xffNumTrustedHops', 'gatewayTopology.numTrustedProxies'],
  ['listeners', 'perConnectionBufferLimitBytes', 'connectionSettings.listenerPerConnectionBufferLimitBytes'],
  ['routes', 'appendXForwardedHost', 'proxyHeaders.xForwardedHost.enabled'],
];
const proxyRows = ofProxies.map(([part, field, setting]): Row => ({ part, field, mesh: `defaultConfig.${setting}` }));

/** A setting of the mesh as a cause, if somebody wrote it. */
export const meshOrigin = ({ mesh }: Pick<Snapshot, 'mesh'>, field: string): Origin | undefined =>
  valueAt(mesh.written ?? {}, field) === undefined ? undefined : originIn(mesh, field);

/** The entry of extensionProviders with this name. */
export function providerOrigin({ mesh }: Pick<Snapshot, 'mesh'>, name: unknown): Origin | undefined {
  const position = objects(mesh.written?.extensionProviders).findIndex((provider) => provider.name === name);
  return position < 0 ? undefined : originIn(mesh, `extensionProviders[${position}]`);
}

const originIn = (mesh: MeshConfig, field: string): Origin => ({
  kind: 'MeshConfig',
  namespace: mesh.rootNamespace,
  name: 'istio',
  field,
});

interface Of {
  snapshot: Snapshot;
  proxy: MeshProxy;
  scope: SidecarScope;
}
type Written = ReadonlyMap<string, readonly { row: Row; written: Json }[]>;

/**
 * Causes among the settings of the mesh that somebody wrote: fields of `MeshConfig istio-system/istio`, which is the ConfigMap or a
 * file. Settings that only take something away (enableAutoMtls: false, the exportTo defaults) leave no field to tell them at.
 */
export function meshCauses(of: Of): Otherwise {
  const { mesh } = of.snapshot;
  let known: Written | undefined;
  return (at) => {
    known ??= writtenRows(of);
    if (known.size === 0) return undefined;
    const part = at.at.slice(1, at.at.indexOf('/', 1));
    const cause = known.get(`${part} ${at.name}`)?.find(({ row, written }) => row.when?.(at, written) ?? true);
    return cause && originIn(mesh, cause.row.mesh);
  };
}

function writtenRows({ snapshot, proxy, scope }: Of): Written {
  const telemetry = snapshot.telemetries.ofWorkload(proxy.namespace, proxy.labels).length > 0;
  const sidecar = scope.sidecar?.spec.outboundTrafficPolicy !== undefined;
  const overridden = ({ field, mesh }: Row): boolean =>
    (telemetry && (field === 'accessLog' || field === 'tracing')) || (sidecar && mesh.startsWith('outboundTraffic'));
  const announced = { defaultConfig: proxy.metadata.PROXY_CONFIG ?? {} };
  const out = new Map<string, { row: Row; written: Json }[]>();
  for (const row of [...rows, ...proxyRows]) {
    const written = valueAt(snapshot.mesh.written ?? {}, row.mesh);
    if (written === undefined || overridden(row)) continue;
    if (proxyRows.includes(row) && !isSame(written, valueAt(announced, row.mesh))) continue;
    const key = `${row.part} ${row.field}`;
    out.set(key, [...(out.get(key) ?? []), { row, written }]);
  }
  return out;
}

const isSame = (a: Json, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

const valueAt = (object: JsonObject, path: string): Json | undefined =>
  path.split('.').reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), object);
