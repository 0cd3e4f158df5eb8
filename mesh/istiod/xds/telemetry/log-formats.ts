import type { Json, JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import type { MeshConfig } from '../../mesh-config.ts';
import { flag, typed } from '../any.ts';

/** EnvoyTextLogFormat in istio pilot/pkg/model/telemetry_logging.go. */
export const textFormat =
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

/** `logFormat` of a file as the mesh config has it. */
export function meshFormat({ accessLogEncoding, accessLogFormat = '' }: MeshConfig): JsonObject {
  return accessLogEncoding === 'JSON' ? fields(parsed(accessLogFormat) ?? jsonFormat) : line(accessLogFormat);
}

/** `logFormat` of a provider: a line, or fields; undefined where it names neither (fileAccessLogFromTelemetry). */
export function providerFormat({ logFormat, omitEmptyValues }: JsonObject): JsonObject | undefined {
  const more = { omitEmptyValues: flag(omitEmptyValues === true) };
  if (!isObject(logFormat)) return { ...line(''), ...more };
  if (isObject(logFormat.labels))
    return { ...fields(Object.keys(logFormat.labels).length > 0 ? logFormat.labels : jsonFormat), ...more };
  return typeof logFormat.text === 'string' ? { ...line(logFormat.text), ...more } : undefined;
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
export const formatters = (values: readonly (Json | undefined)[]): JsonObject[] | undefined =>
  values.some((v) => typeof v === 'string' && v.includes('%REQ_WITHOUT_QUERY'))
    ? [
        {
          name: 'envoy.formatter.req_without_query',
          typedConfig: typed('envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery'),
        },
      ]
    : undefined;
