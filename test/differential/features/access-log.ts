import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { chance, type Feature, istio, pick } from '../feature.ts';
import { ask, inTurn, type Recipe, routePatch, some, virtualService } from '../parts.ts';

/*
 * Log lines cannot be told apart by case, but a header can be made by the same formatter: every operator is asked for in
 * headers of the request and of the response, and the harness compares those as it does the lines themselves.
 */

/** What Istio's own formats use (pkg/config/mesh, accessLogFormat) and what people add, but for times and bytes on the wire. */
const ofRequest = [
  '%REQ(:METHOD)%',
  '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  '%REQ(:PATH):3%',
  '%REQ(X-ABSENT)%',
  '%REQ(X-A?X-B)%',
  '%REQ(X-A?X-B):2%',
  '%REQ(:AUTHORITY)%',
  '%REQ(USER-AGENT)%',
  '%PATH%',
  '%PATH(NQ)%',
  '%PATH(WQ:ORIG)%',
  '%PATH(NQ:PATH)%',
  '%QUERY_PARAM(a)%',
  '%QUERY_PARAM(absent)%',
  '%PROTOCOL%',
  '%ROUTE_NAME%',
  '%VIRTUAL_CLUSTER_NAME%',
  '%UPSTREAM_CLUSTER%',
  '%UPSTREAM_CLUSTER_RAW%',
  '%DOWNSTREAM_LOCAL_ADDRESS%',
  '%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%',
  '%DOWNSTREAM_LOCAL_PORT%',
  '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
  '%REQUESTED_SERVER_NAME%',
  '%FILTER_CHAIN_NAME%',
  '%DOWNSTREAM_TLS_VERSION%',
  '%DOWNSTREAM_PEER_URI_SAN%',
  '%DYNAMIC_METADATA(absent)%',
  '%FILTER_STATE(absent)%',
  '%FILTER_STATE(absent:PLAIN)%',
  '%UPSTREAM_METADATA(istio:workload)%',
  'plain text',
  '100%%',
  '[%PROTOCOL%] %REQ(:METHOD)%-%REQ(X-ABSENT)%',
];

const ofResponse = [
  ...ofRequest,
  '%RESPONSE_CODE%',
  '%RESPONSE_CODE_DETAILS%',
  '%RESPONSE_FLAGS%',
  '%RESPONSE_FLAGS_LONG%',
  '%RESP(X-B)%',
  '%RESP(X-ABSENT?X-B)%',
  '%RESP(CONTENT-TYPE)%',
  '%RESP(SERVER)%',
  '%GRPC_STATUS%',
  '%GRPC_STATUS(NUMBER)%',
  '%GRPC_STATUS(SNAKE_STRING)%',
  '%GRPC_STATUS_NUMBER%',
  '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  '%CONNECTION_TERMINATION_DETAILS%',
  '%UPSTREAM_TLS_VERSION%',
  '%UPSTREAM_PEER_URI_SAN%',
  '%BYTES_RECEIVED%',
];

const adds = (formats: readonly string[], prefix: string): JsonObject[] =>
  formats.map((value, i) => ({
    header: { key: `${prefix}-${i}`, value },
    append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
    keep_empty_value: true,
  }));

const chosen = (random: Random, from: readonly string[]): string[] => some(random, from, 0.25);

const headers = (random: Random): [string, string][] => [
  ...(chance(random, 0.5) ? ([['x-a', 'value a']] as [string, string][]) : []),
  ...(chance(random, 0.5) ? ([['x-b', 'b']] as [string, string][]) : []),
  ...(chance(random, 0.3) ? ([['user-agent', 'curl/8']] as [string, string][]) : []),
  ...(chance(random, 0.3) ? ([['content-type', 'application/grpc']] as [string, string][]) : []),
  ['x-do', pick(random, ['200 x-b:c', '200', '503', '200 grpc-status:14', '404 content-type:text/html', 'reset'])],
];

const requests = (slot: Parameters<Recipe>[0], random: Random) =>
  [1, 2, 3].map(() =>
    ask(slot, {
      method: pick(random, ['GET', 'POST', 'HEAD']),
      path: pick(random, ['/', '/p?a=1&b=2', '/old/x?a', '/longer/path']),
      headers: headers(random),
      ...(chance(random, 0.3) ? { body: 'some bytes' } : {}),
    }),
  );

const formatted =
  (route: JsonObject): Recipe =>
  (slot, random) => {
    const [asked, answered] = [chosen(random, ofRequest), chosen(random, ofResponse)];
    const patch = {
      request_headers_to_add: adds(asked, 'x-rq'),
      response_headers_to_add: adds(answered, 'x-rs'),
    };
    return {
      name: `${asked.join(' ')} | ${answered.join(' ')}`,
      objects: [virtualService(slot, [route]), routePatch(slot, patch)],
      requests: requests(slot, random),
    };
  };

/** Lines of a log of Telemetry and of mesh-wide text, with the filters that people write. */
export const accessLog: Feature = {
  id: 'access-log',
  title: "operators of access logs: Istio's formats and what is commonly added",
  cases: inTurn([
    formatted({ name: 'plain', retries: { attempts: 1, retryOn: '503' } }),
    formatted({ name: 'rewritten', match: [{ uri: { prefix: '/' } }], rewrite: { uri: '/new/' } }),
    formatted({ directResponse: { status: 418, body: { string: 'own' } } }),
    formatted({ name: 'nowhere', route: [{ destination: { host: 'nobody.test' } }] }),
    formatted({ fault: { abort: { httpStatus: 503, percentage: { value: 100 } } } }),
  ]),
  shared: [istio('Telemetry', 'log', { accessLogging: [{ providers: [{ name: 'envoy' }] }] })],
};
