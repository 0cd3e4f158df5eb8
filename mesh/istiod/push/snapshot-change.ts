import { isObject } from '../../json.ts';
import type { AuthnIndex } from '../snapshot/authn.ts';
import type { EndpointIndex, ServiceEndpoints } from '../snapshot/services.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { lookup } from '../xds/rbac/ext-authz.ts';
import type { Equal } from './equal.ts';
import { isByWorkload } from './workload-change.ts';

/** The endpoints of one service, before and after. */
export interface EndpointsChange {
  namespace: string;
  hostname: string;
  identities: boolean;
  /** Ports whose endpoints all had a sidecar, or do now: clients may infer mutual TLS from it. */
  sidecars: boolean;
}

/** What differs between two snapshots for the mesh as a whole. */
export interface SnapshotChange {
  everything: boolean;
  endpoints: readonly EndpointsChange[];
  /** Namespaces whose PeerAuthentications changed. */
  authn: ReadonlySet<string>;
  destinationRules: boolean;
  providers: boolean;
}

/** Compares what was derived from the objects, not the objects: what istiod does not read is no change. */
export function snapshotChange(before: Snapshot, after: Snapshot, equal: Equal): SnapshotChange {
  return {
    everything: fieldsOf(before, after).some(
      (field) => !comparedElsewhere.has(field) && !equal(before[field], after[field]),
    ),
    endpoints: changedEndpoints(before.endpoints, after.endpoints, equal),
    authn: changedNamespaces(before.authn, after.authn, equal),
    destinationRules: !equal(before.destinationRules, after.destinationRules),
    providers: before.services !== after.services && !equal(providerHosts(before), providerHosts(after)),
  };
}

/**
 * Fields of a snapshot that sidecars see through their scope, their targets or the indexes of workload-change.ts, or do not see at
 * all (UnAffectedConfigKinds: gateways). Any other that differs makes everything old: the mesh config, and what is new here.
 */
const comparedElsewhere: ReadonlySet<string> = new Set<keyof Snapshot>([
  'provenance',
  'problems',
  'namespaces',
  'nodes',
  'pods',
  'kubeServices',
  'services',
  'endpoints',
  'serviceEntries',
  'entries',
  'workloads',
  'virtualServices',
  'gateways',
  'gatewayApi',
  'destinationRules',
  'authn',
  // Proxies announce what is in it for them.
  'proxyConfigs',
  'sidecars',
  'scopes',
]);

const fieldsOf = (before: Snapshot, after: Snapshot): (keyof Snapshot)[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((field) => field as keyof Snapshot)
    .filter((field) => !isByWorkload(after[field]));

const none: ServiceEndpoints = { all: [], byPort: new Map(), identities: [] };

function changedEndpoints(before: EndpointIndex, after: EndpointIndex, equal: Equal): EndpointsChange[] {
  if (before === after) return [];
  const out: EndpointsChange[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(key) ?? none, after.get(key) ?? none];
    if (equal(old, now)) continue;
    const cut = key.indexOf('/');
    out.push({
      namespace: key.slice(0, cut),
      hostname: key.slice(cut + 1),
      identities: !equal(old.identities, now.identities),
      sidecars: !equal(portsWithSidecars(old), portsWithSidecars(now)),
    });
  }
  return out;
}

const portsWithSidecars = ({ byPort }: ServiceEndpoints): Set<number> =>
  new Set([...byPort].filter(([, list]) => list.every((e) => e.tlsMode !== 'disabled')).map(([port]) => port));

function changedNamespaces(before: AuthnIndex, after: AuthnIndex, equal: Equal): Set<string> {
  if (before === after) return new Set();
  const all = new Set([...before.byNamespace.keys(), ...after.byNamespace.keys()]);
  return new Set([...all].filter((ns) => !equal(before.byNamespace.get(ns), after.byNamespace.get(ns))));
}

/** What the mesh's extension providers lead to; a service that appears in any namespace may be one. */
const providerHosts = (snapshot: Snapshot): (string | undefined)[] =>
  (snapshot.mesh.extensionProviders ?? [])
    .flatMap((provider) => Object.values(provider))
    .map((config) => (isObject(config) && typeof config.service === 'string' ? config.service : undefined))
    .map((service) => service && lookup(snapshot, service));
