import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { compareText } from '../model/config.ts';
import { flag, some, typed } from './any.ts';
import type { ProxyContext } from './context.ts';

/** EnvoyTextLogFormat in istio pilot/pkg/model/telemetry_logging.go. */
const textFormat =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% ' +
  '%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% ' +
  '%BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" ' +
  '"%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% ' +
  '%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n';

/** EnvoyJSONLogFormatIstio. */
const jsonFormat: JsonObject = {
  start_time: '%START_TIME%',
  route_name: '%ROUTE_NAME%',
  method: '%REQ(:METHOD)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_flags: '%RESPONSE_FLAGS%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
  connection_termination_details: '%CONNECTION_TERMINATION_DETAILS%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration: '%DURATION%',
  upstream_service_time: '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%',
  x_forwarded_for: '%REQ(X-FORWARDED-FOR)%',
  user_agent: '%REQ(USER-AGENT)%',
  request_id: '%REQ(X-REQUEST-ID)%',
  authority: '%REQ(:AUTHORITY)%',
  upstream_host: '%UPSTREAM_HOST%',
  upstream_cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream_local_address: '%UPSTREAM_LOCAL_ADDRESS%',
  downstream_local_address: '%DOWNSTREAM_LOCAL_ADDRESS%',
  downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  requested_server_name: '%REQUESTED_SERVER_NAME%',
  upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
};

/** Logs of connection managers and TCP proxies, as the mesh config asks for them (istio pilot/pkg/networking/core/accesslog.go). */
export function accessLogs(context: ProxyContext): JsonObject[] | undefined {
  const known = context.shared.get('accessLogs') ?? fromMesh(context.mesh);
  context.shared.set('accessLogs', known);
  return some(known);
}

/** Of a listener: only connections that no filter chain matched, which no other log has. */
export function listenerAccessLogs(context: ProxyContext): JsonObject[] | undefined {
  if (context.mesh.disableEnvoyListenerLog) return undefined;
  return some(
    (accessLogs(context) ?? []).map((log) => ({ ...log, filter: { responseFlagFilter: { flags: ['NR'] } } })),
  );
}

/** Default providers go before `accessLogFile`. Providers other than files are not made yet. */
function fromMesh(mesh: MeshConfig): JsonObject[] {
  const names = [...new Set(mesh.defaultProviders?.accessLogging ?? [])].sort(compareText);
  if (names.length === 0) return mesh.accessLogFile ? [fileLog(mesh.accessLogFile, meshFormat(mesh))] : [];
  return names.flatMap((name) => {
    const file = (mesh.extensionProviders ?? []).find((p) => p.name === name)?.envoyFileAccessLog;
    if (!isObject(file)) return [];
    const path = typeof file.path === 'string' && file.path ? file.path : '/dev/stdout';
    const own = name !== 'envoy' || file.logFormat !== undefined || file.omitEmptyValues === true;
    return [fileLog(path, own ? providerFormat(file) : meshFormat(mesh))];
  });
}

const fileLog = (path: string, logFormat: JsonObject): JsonObject => ({
  name: 'envoy.access_loggers.file',
  typedConfig: typed('envoy.extensions.access_loggers.file.v3.FileAccessLog', { logFormat, path }),
});

function meshFormat({ accessLogEncoding, accessLogFormat = '' }: MeshConfig): JsonObject {
  return accessLogEncoding === 'JSON' ? fields(parsed(accessLogFormat) ?? jsonFormat) : line(accessLogFormat);
}

function providerFormat({ logFormat, omitEmptyValues }: JsonObject): JsonObject {
  const labels = isObject(logFormat) && isObject(logFormat.labels) ? logFormat.labels : undefined;
  const text = isObject(logFormat) && typeof logFormat.text === 'string' ? logFormat.text : '';
  const more = { omitEmptyValues: flag(omitEmptyValues === true) };
  if (!labels) return { ...line(text), ...more };
  return { ...fields(Object.keys(labels).length > 0 ? labels : jsonFormat), ...more };
}

const line = (text: string): JsonObject => {
  const inlineString = text === '' ? textFormat : text.endsWith('\n') ? text : `${text}\n`;
  return { formatters: formatters([inlineString]), textFormatSource: { inlineString } };
};
const fields = (format: JsonObject): JsonObject => ({
  formatters: formatters(Object.values(format)),
  jsonFormat: format,
  jsonFormatOptions: {},
});

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Operators that Envoy does not know by itself. */
const formatters = (values: readonly (Json | undefined)[]): JsonObject[] | undefined =>
  values.some((v) => typeof v === 'string' && v.includes('%REQ_WITHOUT_QUERY'))
    ? [
        {
          name: 'envoy.formatter.req_without_query',
          typedConfig: typed('envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery'),
        },
      ]
    : undefined;
