import { flagsText } from '../log/response-flags.ts';
import { isGrpc } from '../route/match.ts';
import type { LogSource } from '../types.ts';
import { ofEndpoint, ofNode, type WorkloadFacts } from './workload.ts';

/** The service that a request was for, as the cluster's metadata (`istio.services`) tells it. */
export interface ServiceFacts {
  host: string;
  /** '' when not told. */
  name: string;
}

/** All that the labels of one request or connection are made of; '' for what is not known. */
export interface MetricFacts {
  isServer: boolean;
  own: WorkloadFacts;
  peer: WorkloadFacts | undefined;
  /** First URI of each certificate, of the connection to the other end. */
  ownPrincipal: string;
  peerPrincipal: string;
  service: ServiceFacts | undefined;
  cluster: string;
  route: string;
  /** Host header, which a server does not believe (disable_host_header_fallback). */
  authority: string;
  flags: string;
  responseCode: string;
  /** Of a gRPC request: its status, '' when there was none. */
  grpcStatus: string | undefined;
}

/** What a log source does not tell. */
export interface KnownFacts {
  /** The other end, where its proxy is known: stands for Istio's exchange of peer metadata. */
  peer?: WorkloadFacts;
  service?: ServiceFacts;
}

export function factsOf(source: LogSource, known: KnownFacts = {}): MetricFacts {
  const { connection, info, request, response } = source;
  const isServer = connection.direction === 'INBOUND';
  const tls = isServer ? connection.tls : info.upstreamTls;
  const grpc = isGrpc(request?.headers.get('content-type'));
  return {
    isServer,
    own: ofNode(connection.node.metadata),
    peer: known.peer ?? (isServer ? undefined : ofEndpoint(info.upstreamMetadata)),
    ownPrincipal: tls?.local?.uriSans[0] ?? '',
    peerPrincipal: tls?.peer?.uriSans[0] ?? '',
    service: known.service,
    cluster: info.upstreamCluster ?? '',
    route: info.routeName,
    authority: isServer ? '' : (request?.headers.get(':authority') ?? ''),
    flags: flagsText(info.flags) ?? '-',
    responseCode: `${info.responseCode}`,
    grpcStatus: grpc
      ? (response?.trailers?.get('grpc-status') ?? response?.headers.get('grpc-status') ?? '')
      : undefined,
  };
}
