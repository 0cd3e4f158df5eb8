import { isObject, type JsonObject, strings } from '../../../json.ts';
import { outboundKey } from '../../model/subset-key.ts';
import { some, text, typed } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { lookup } from '../rbac/ext-authz.ts';
import { unusable } from './applicable.ts';
import { formatters, meshFormat, providerFormat, textFormat } from './log-formats.ts';

type Build = (context: ProxyContext, name: string, config: JsonObject) => JsonObject | undefined;

/** Access logs by the kind of their provider (telemetryAccessLog in istio pilot/pkg/model/telemetry_logging.go). */
const kinds: { [field: string]: Build } = {
  envoyFileAccessLog: file,
  envoyHttpAls: (context, name, config) =>
    grpc(context, { name, config, type: 'http', fallback: 'http_envoy_accesslog' }),
  envoyTcpAls: (context, name, config) => grpc(context, { name, config, type: 'tcp', fallback: 'tcp_envoy_accesslog' }),
  envoyOtelAls: openTelemetry,
};

/** The log of a provider; undefined for one that does not log, and for one whose service is not there. */
export function providerLog(context: ProxyContext, name: string, provider: JsonObject): JsonObject | undefined {
  for (const [field, build] of Object.entries(kinds)) {
    const config = provider[field];
    if (isObject(config)) return build(context, name, config);
  }
  return undefined;
}

export const fileLog = (path: string, logFormat: JsonObject | undefined): JsonObject => ({
  name: 'envoy.access_loggers.file',
  typedConfig: typed('envoy.extensions.access_loggers.file.v3.FileAccessLog', { logFormat, path: text(path) }),
});

/** The provider that istiod has by itself takes its format from the mesh config. */
function file({ mesh }: ProxyContext, name: string, config: JsonObject): JsonObject {
  const path = typeof config.path === 'string' ? config.path : '';
  if (name === 'envoy' && config.logFormat === undefined && config.omitEmptyValues !== true)
    return fileLog(path, meshFormat(mesh));
  return fileLog(path || '/dev/stdout', providerFormat(config));
}

/** What the metadata exchange found out about the peers. */
const peers = ['upstream_peer', 'downstream_peer'];
/** And under the names that it used before Istio 1.24. */
export const allPeers = [
  ...peers,
  'wasm.upstream_peer',
  'wasm.upstream_peer_id',
  'wasm.downstream_peer',
  'wasm.downstream_peer_id',
];

/** A gRPC service of the mesh; a text says why there is none. */
export function grpcService({ snapshot }: ProxyContext, config: JsonObject): JsonObject | string {
  const service = typeof config.service === 'string' ? config.service : '';
  const authority = lookup(snapshot, service);
  if (authority === undefined) return `there is no one service ${service || '(empty)'}`;
  return { envoyGrpc: { authority, clusterName: outboundKey(Number(config.port ?? 0), '', authority) } };
}

export const commonConfig = (logName: string, grpc: JsonObject, states: readonly string[]): JsonObject => ({
  filterStateObjectsToLog: [...states],
  grpcService: grpc,
  logName,
  transportApiVersion: 'V3',
});

interface GrpcLog {
  name: string;
  config: JsonObject;
  type: 'http' | 'tcp';
  fallback: string;
}

/** envoyHttpAls and envoyTcpAls. */
function grpc(context: ProxyContext, { name, config, type, fallback }: GrpcLog): JsonObject | undefined {
  const service = grpcService(context, config);
  if (typeof service === 'string') return unusable(context, name, service);
  const states = strings(config.filterStateObjectsToLog);
  const common = commonConfig(nameOf(config, fallback), service, states.length > 0 ? states : peers);
  const headers = (field: string) => (type === 'http' ? some(strings(config[field])) : undefined);
  return grpcLog(type, {
    additionalRequestHeadersToLog: headers('additionalRequestHeadersToLog'),
    additionalResponseHeadersToLog: headers('additionalResponseHeadersToLog'),
    additionalResponseTrailersToLog: headers('additionalResponseTrailersToLog'),
    commonConfig: common,
  });
}

export const grpcLog = (type: 'http' | 'tcp', config: JsonObject): JsonObject => ({
  name: type === 'http' ? 'envoy.access_loggers.http_grpc' : 'envoy.tcp_grpc_access_log',
  typedConfig: typed(
    `envoy.extensions.access_loggers.grpc.v3.${type === 'http' ? 'Http' : 'Tcp'}GrpcAccessLogConfig`,
    config,
  ),
});

function openTelemetry(context: ProxyContext, name: string, config: JsonObject): JsonObject | undefined {
  const service = grpcService(context, config);
  if (typeof service === 'string') return unusable(context, name, service);
  const format = isObject(config.logFormat) ? config.logFormat : {};
  const body = typeof format.text === 'string' && format.text ? format.text : textFormat;
  const labels = isObject(format.labels) ? format.labels : {};
  const values = Object.keys(labels)
    .sort()
    .map((key) => ({ key, value: { stringValue: typeof labels[key] === 'string' ? labels[key] : '' } }));
  return {
    name: 'envoy.access_loggers.open_telemetry',
    typedConfig: typed('envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig', {
      attributes: values.length > 0 ? { values } : undefined,
      body: { stringValue: body },
      commonConfig: commonConfig(nameOf(config, 'otel_envoy_accesslog'), service, allPeers),
      disableBuiltinLabels: true,
      formatters: formatters([body, ...Object.values(labels)]),
    }),
  };
}

const nameOf = ({ logName }: JsonObject, fallback: string): string =>
  typeof logName === 'string' && logName ? logName : fallback;
