import type { MetricFacts } from './facts.ts';
import { unknownWorkload, type WorkloadFacts } from './workload.ts';

// Rules of istio.stats: istio/proxy source/extensions/filters/http/istio_stats/istio_stats.cc, populatePeerInfo and
// populateFlagsAndConnectionSecurity; meaning of the labels: istio.io/docs/reference/config/metrics, "Labels".

export type Labels = { readonly [name: string]: string };

const orUnknown = (text: string): string => text || 'unknown';

const end = (prefix: string, workload: WorkloadFacts, principal: string): Labels => ({
  [`${prefix}_workload`]: workload.name,
  [`${prefix}_workload_namespace`]: workload.namespace,
  [`${prefix}_principal`]: orUnknown(principal),
  [`${prefix}_app`]: workload.app,
  [`${prefix}_version`]: workload.version,
  [`${prefix}_cluster`]: workload.cluster,
  [`${prefix}_canonical_service`]: workload.canonicalService,
  [`${prefix}_canonical_revision`]: workload.canonicalRevision,
});

/** Labels that HTTP and TCP share. */
function commonLabels(facts: MetricFacts): Labels {
  const { isServer, own, ownPrincipal, peerPrincipal } = facts;
  const peer = peerOf(facts);
  return {
    reporter: isServer ? 'destination' : 'source',
    ...(isServer ? end('source', peer, peerPrincipal) : end('source', own, ownPrincipal)),
    ...(isServer ? end('destination', own, ownPrincipal) : end('destination', peer, peerPrincipal)),
    ...serviceLabels(facts, isServer ? own.canonicalService : 'unknown'),
    destination_service_namespace: isServer ? own.namespace : peer.namespace,
    response_flags: facts.flags,
    // A client leaves it to the server.
    connection_security_policy: !isServer ? 'unknown' : ownPrincipal && peerPrincipal ? 'mutual_tls' : 'none',
  };
}

/** The namespace in the identity that was proved goes before the one that was told. */
function peerOf({ peer = unknownWorkload, peerPrincipal }: MetricFacts): WorkloadFacts {
  const proved = /\/ns\/([^/]+)\//.exec(peerPrincipal)?.[1];
  return proved ? { ...peer, namespace: proved } : peer;
}

const byRoute: { [route: string]: string } = { block_all: 'BlackHoleCluster', allow_any: 'PassthroughCluster' };
/** Clusters of Istio's own that stand for no service. */
const isOwn = (cluster: string): boolean =>
  cluster === 'BlackHoleCluster' || /^(Inbound)?PassthroughCluster(Ipv[46])?$/.test(cluster);

function serviceLabels({ service, cluster, route, authority }: MetricFacts, otherwise: string): Labels {
  const own = byRoute[route] ?? (isOwn(cluster) ? cluster : undefined);
  const host = (own === undefined ? service?.host : undefined) || authority;
  const name = own ?? (service ? service.name || host.split('.')[0] : host);
  return { destination_service: host || otherwise, destination_service_name: name || otherwise };
}

/** Labels of istio_requests_total and istio_request_duration_milliseconds. */
export const requestLabels = (facts: MetricFacts): Labels => ({
  ...commonLabels(facts),
  request_protocol: facts.grpcStatus === undefined ? 'http' : 'grpc',
  response_code: facts.responseCode,
  grpc_response_status: facts.grpcStatus ?? '',
});

export const tcpLabels = (facts: MetricFacts): Labels => ({ ...commonLabels(facts), request_protocol: 'tcp' });
