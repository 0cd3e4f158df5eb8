import type { JsonObject } from '../../../json.ts';
import type { Subset, TrafficPolicy } from '../../model/destination-rule.ts';
import type { Service } from '../../model/service.ts';
import { endpointsFor } from '../../snapshot/services.ts';
import { originOfField, originOfService, originOfSpec, type ProxyContext } from '../context.ts';
import type { Origin } from '../types.ts';
import type { LocalityGroup } from './locality.ts';
import { mtlsCause } from './mtls.ts';

/** Notes why a cluster has these endpoints, and what set the priorities and weights of their localities. */
export function noteAssignment(
  context: ProxyContext,
  assignment: JsonObject,
  of: { service: Service; subset: Subset | undefined; policy: TrafficPolicy | undefined },
): void {
  const { service, subset, policy } = of;
  const { origins } = context;
  const field = subset?.labels ? originOfField(context, subset, 'labels') : originOfSpec(context, subset);
  origins.mark(assignment, field ?? originOfService(service));
  const groups = (assignment.endpoints ?? []) as JsonObject[];
  if (groups.length > 0) origins.mark(assignment, sourceOf(context, service), 'endpoints');
  const { zoneAwareLbSetting, localityLbSetting } = policy?.loadBalancer ?? {};
  const setting = originOfSpec(context, zoneAwareLbSetting ?? localityLbSetting);
  const near = service.trafficDistribution === 'Any' ? undefined : originOfService(service);
  // Where only the mesh says which locality is next, the rule that watches for failures puts it to work.
  const cause = setting ?? near ?? originOfSpec(context, policy?.outlierDetection);
  for (const group of groups) {
    if (group.priority !== undefined) origins.mark(group, cause, 'priority');
    if (localityLbSetting?.distribute) origins.mark(group, setting, 'loadBalancingWeight');
  }
}

/** Notes why clients use mutual TLS with these endpoints, or do not: a rule of the client's side goes first. */
export function noteMtls(context: ProxyContext, groups: readonly LocalityGroup[], tls: TrafficPolicy['tls']): void {
  const rule = originOfSpec(context, tls);
  if (!rule && context.snapshot.authn.byNamespace.size === 0) return;
  for (const { endpoints, lbEndpoints } of groups)
    for (const [i, endpoint] of endpoints.entries()) {
      const cause = rule ?? (endpoint.tlsMode === 'istio' ? mtlsCause(context.snapshot, endpoint) : undefined);
      context.origins.mark(lbEndpoints[i], cause, 'metadata');
    }
}

/** The field that chose the endpoints; none for a Service without selector, whose EndpointSlices are written by others. */
function sourceOf(context: ProxyContext, service: Service): Origin | undefined {
  const object = originOfService(service);
  if (service.kind === 'Service') return service.selector ? { ...object, field: 'spec.selector' } : undefined;
  if (service.selector) return { ...object, field: 'spec.workloadSelector' };
  const [first] = endpointsFor(context.snapshot.endpoints, service).all;
  return { ...object, field: first?.addresses[0] === service.hostname ? 'spec.hosts' : 'spec.endpoints' };
}
