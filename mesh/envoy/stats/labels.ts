import { flagsText } from '../log/response-flags.ts';
import { isGrpc } from '../route/match.ts';
import type { LogSource } from '../types.ts';
import { ofEndpoint, ofNode, unknownWorkload, type WorkloadFacts } from './workload.ts';

/** The service that a request was for, as the cluster's metadata (`istio.services`) tells it. */
export interface ServiceFacts {
  host: string;
  name: string;
  namespace: string;
}

/** What a log source does not tell. */
export interface MetricFacts {
  /** The other end, where the proxy knows it: on the server side the client's pod. */
  peer?: WorkloadFacts;
  service?: ServiceFacts;
}

export type Labels = { readonly [name: string]: string };

const ends = (prefix: string, workload: WorkloadFacts, principal: string): Labels => ({
  [`${prefix}_workload`]: workload.name,
  [`${prefix}_workload_namespace`]: workload.namespace,
  [`${prefix}_principal`]: principal,
  [`${prefix}_app`]: workload.app,
  [`${prefix}_version`]: workload.version,
  [`${prefix}_cluster`]: workload.cluster,
  [`${prefix}_canonical_service`]: workload.canonicalService,
  [`${prefix}_canonical_revision`]: workload.canonicalRevision,
});

const principal = (uriSans: readonly string[] | undefined): string => uriSans?.[0] ?? 'unknown';

/** `mutual_tls` or `none` as the server saw it; a client leaves it to the server (docs: Istio Standard Metrics). */
function securityPolicy({ connection }: LogSource, isServer: boolean): string {
  if (!isServer) return 'unknown';
  return connection.tls?.peer ? 'mutual_tls' : 'none';
}

/** Labels that HTTP and TCP share (docs: istio.io/docs/reference/config/metrics, "Labels"). */
export function commonLabels(source: LogSource, facts: MetricFacts): Labels {
  const { connection, info } = source;
  const isServer = connection.direction === 'INBOUND';
  const own = ofNode(connection.node.metadata);
  const peer = facts.peer ?? (isServer ? unknownWorkload : ofEndpoint(info.upstreamMetadata));
  const tls = isServer ? connection.tls : info.upstreamTls;
  const [client, server] = isServer ? [peer, own] : [own, peer];
  const [ours, theirs] = [principal(tls?.local?.uriSans), principal(tls?.peer?.uriSans)];
  const service = facts.service ?? unknownService(source);
  return {
    reporter: isServer ? 'destination' : 'source',
    ...ends('source', client, isServer ? theirs : ours),
    ...ends('destination', server, isServer ? ours : theirs),
    destination_service: service.host,
    destination_service_name: service.name,
    destination_service_namespace: service.namespace,
    response_flags: flagsText(info.flags) ?? '-',
    connection_security_policy: securityPolicy(source, isServer),
  };
}

/** Clusters of Istio's own (BlackHoleCluster, PassthroughCluster) give their name; else the Host header speaks. */
function unknownService({ info, request }: LogSource): ServiceFacts {
  const host = request?.headers.get(':authority') ?? 'unknown';
  const name = info.upstreamCluster ?? 'unknown';
  const isOwn = name.endsWith('PassthroughCluster') || name === 'BlackHoleCluster';
  return { host, name: isOwn ? name : host, namespace: 'unknown' };
}

/** Labels of istio_requests_total and istio_request_duration_milliseconds. */
export function requestLabels(source: LogSource, facts: MetricFacts): Labels {
  const { info, request, response } = source;
  const grpc = isGrpc(request?.headers.get('content-type'));
  const status = response?.trailers?.get('grpc-status') ?? response?.headers.get('grpc-status');
  return {
    ...commonLabels(source, facts),
    request_protocol: grpc ? 'grpc' : 'http',
    response_code: `${info.responseCode}`,
    grpc_response_status: grpc ? (status ?? '') : '',
  };
}

export const tcpLabels = (source: LogSource, facts: MetricFacts): Labels => ({
  ...commonLabels(source, facts),
  request_protocol: 'tcp',
});
