import { isObject } from '../../mesh/json.ts';
import type { LogLine } from './feature.ts';

/** What every proxy says of a request; values that name a request or connection come first. */
const operators = {
  id: '%REQ(X-ID)%',
  local: '%DOWNSTREAM_LOCAL_ADDRESS%',
  code: '%RESPONSE_CODE%',
  flags: '%RESPONSE_FLAGS%',
  details: '%RESPONSE_CODE_DETAILS%',
  termination: '%CONNECTION_TERMINATION_DETAILS%',
  route: '%ROUTE_NAME%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream: '%UPSTREAM_HOST%',
  failure: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  method: '%REQ(:METHOD)%',
  authority: '%REQ(:AUTHORITY)%',
  path: '%REQ(:PATH)%',
  original: '%REQ(X-ENVOY-ORIGINAL-PATH)%',
  protocol: '%PROTOCOL%',
  sni: '%REQUESTED_SERVER_NAME%',
  sent: '%BYTES_SENT%',
  received: '%BYTES_RECEIVED%',
  remote: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
};

export const logFormat = JSON.stringify(operators);

/** A line of a proxy's access log; undefined for anything else it prints. */
export function parseLog(proxy: string, line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const fields: unknown = JSON.parse(line);
    return isObject(fields as never) ? { proxy, fields: fields as LogLine['fields'] } : undefined;
  } catch {
    return undefined;
  }
}
