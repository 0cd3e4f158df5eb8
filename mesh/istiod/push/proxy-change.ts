import { isHttp } from '../model/protocol.ts';
import type { Service } from '../model/service.ts';
import { endpointsFor } from '../snapshot/services.ts';
import type { ProxyChange } from '../xds/build.ts';
import type { ProxyContext } from '../xds/context.ts';
import type { Equal } from './equal.ts';
import { makesOld, type Reason } from './parts.ts';
import type { ScopeChange } from './scope-change.ts';
import type { EndpointsChange, SnapshotChange } from './snapshot-change.ts';
import { workloadReasons } from './workload-change.ts';

export interface Comparison {
  before: ProxyContext;
  after: ProxyContext;
  snapshot: SnapshotChange;
  scope: ScopeChange;
  equal: Equal;
}

/** Decides for one proxy (filterRelevantUpdates in istio pilot/pkg/xds/proxy_dependencies.go, and the generators' tables). */
export function proxyChange(of: Comparison): ProxyChange {
  const { before, after, snapshot, scope, equal } = of;
  const reasons = new Set<Reason>();
  const when = (reason: Reason, changed: boolean) => changed && reasons.add(reason);
  const hosts = new Set(scope.hosts);
  when('everything', snapshot.everything || !equal(before.proxy, after.proxy));
  when('targets', !equal(before.targets, after.targets));
  for (const reason of ['sidecar', 'virtualServices', 'services', 'destinationRules'] as const)
    when(reason, scope[reason]);
  when('providers', snapshot.providers);
  for (const reason of workloadReasons(before, after, equal)) reasons.add(reason);
  if (snapshot.authn.size > 0) for (const reason of authnReasons(of, hosts)) reasons.add(reason);
  for (const change of snapshot.endpoints)
    for (const reason of endpointReasons(after, change, hosts)) reasons.add(reason);
  const all = reasons.has('everything');
  return {
    parts: new Set([...reasons].flatMap((reason) => makesOld[reason])),
    endpointsOf: (host) => all || hosts.has(host),
  };
}

/** PeerAuthentications of servers, for clusters and endpoints. */
function authnReasons({ before, after, snapshot }: Comparison, hosts: Set<string>): Set<Reason> {
  const reasons = new Set<Reason>();
  const root = snapshot.authn.has(after.snapshot.authn.rootNamespace);
  for (const service of after.scope.services) {
    const { namespace, hostname } = service;
    if (before.snapshot.authn.namespaceMode(namespace) !== after.snapshot.authn.namespaceMode(namespace))
      reasons.add('mtlsOfNamespaces');
    const endpoints = endpointsFor(after.snapshot.endpoints, service).all;
    if (!root && !endpoints.some((e) => snapshot.authn.has(e.namespace))) continue;
    hosts.add(hostname);
    reasons.add('mtlsOfEndpoints');
  }
  if (reasons.has('mtlsOfEndpoints') && hasDns(after)) reasons.add('inClusters');
  return reasons;
}

const hasDns = ({ scope }: ProxyContext): boolean => scope.services.some(isDns);

/** Only services that the proxy sees count. */
function endpointReasons(context: ProxyContext, change: EndpointsChange, hosts: Set<string>): Set<Reason> {
  const reasons = new Set<Reason>();
  const service = context.scope.byHost.get(change.hostname);
  if (service?.namespace !== change.namespace) return reasons;
  hosts.add(change.hostname);
  reasons.add('endpoints');
  if (change.identities || isDns(service) || (change.sidecars && infersMtls(context, service)))
    reasons.add('inClusters');
  if (service.resolution === 'Passthrough' && service.ports.some((p) => !isHttp(p.protocol))) reasons.add('headless');
  return reasons;
}

const isDns = ({ resolution }: Service): boolean => resolution === 'DNSLB' || resolution === 'DNSRoundRobinLB';

/** Clusters in which the client chooses the endpoint use mutual TLS if all endpoints have sidecars. */
const infersMtls = ({ scope }: ProxyContext, { resolution, hostname }: Service): boolean =>
  resolution === 'Passthrough' ||
  scope
    .destinationRules(hostname)
    .some(({ config: { spec } }) =>
      [spec.trafficPolicy, ...(spec.subsets ?? []).map((s) => s.trafficPolicy)].some(
        (policy) =>
          policy?.loadBalancer?.simple === 'PASSTHROUGH' ||
          (policy?.portLevelSettings ?? []).some((p) => p.loadBalancer?.simple === 'PASSTHROUGH'),
      ),
    );
