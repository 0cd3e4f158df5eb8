import { originOf } from '../../model/config.ts';
import type { DestinationRule } from '../../model/destination-rule.ts';
import type { Endpoint } from '../../model/service.ts';
import { mtlsOfPort } from '../../snapshot/authn.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Origin } from '../types.ts';

/** Whether clients use mutual TLS to an endpoint (istio pilot/pkg/xds/endpoints/mtls_checker.go). */
export function mtlsChecker(
  snapshot: Snapshot,
  of: { rule: DestinationRule | undefined; subset: string; port: number },
): (endpoint: Endpoint) => boolean {
  const mode = ruleMode(of.rule, of.subset, of.port);
  if (mode !== undefined) return () => mode === 'ISTIO_MUTUAL';
  return (endpoint) =>
    endpoint.tlsMode === 'istio' &&
    mtlsOfPort(snapshot.authn.ofWorkload(endpoint.namespace, endpoint.labels), endpoint.port).mode !== 'DISABLE';
}

/** The PeerAuthentication that decided it, where no rule of the client's did. */
export const mtlsCause = (snapshot: Snapshot, endpoint: Endpoint): Origin | undefined => {
  const { by } = mtlsOfPort(snapshot.authn.ofWorkload(endpoint.namespace, endpoint.labels), endpoint.port);
  return by && originOf(by.config, by.field);
};

type Policy = DestinationRule['trafficPolicy'];

/** The rule's word for a port of a subset; undefined when it has none. */
function ruleMode(rule: DestinationRule | undefined, subset: string, port: number): string | undefined {
  const ofPolicy = (policy: Policy) => {
    const own = policy?.portLevelSettings?.find((p) => p.port?.number === port && p.tls)?.tls ?? policy?.tls;
    return own && (own.mode ?? 'DISABLE');
  };
  if (!rule) return undefined;
  if (subset === '') return ofPolicy(rule.trafficPolicy);
  const found = rule.subsets?.find((s) => s.name === subset);
  return found && (ofPolicy(found.trafficPolicy) ?? ofPolicy(rule.trafficPolicy));
}
