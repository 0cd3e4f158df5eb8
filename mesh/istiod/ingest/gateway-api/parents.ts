import type { ParentRef } from '../../model/gateway-route.ts';
import { hostMatches, hostSubsetOf, isWildcard } from '../../model/host.ts';
import type { RouteKind } from '../../model/kubernetes-gateway.ts';
import type { ConfigError } from './conditions.ts';
import { GATEWAY_GROUP, groupKind, ISTIO_GROUP, isKind } from './references.ts';
import { type GatewayWorld, serviceHost } from './world.ts';

/** What a route may attach to: a listener, or the mesh (parentInfo in istio gateway/conversion.go). */
export interface ParentInfo {
  /** `mesh`, or namespace/name of the Gateway that its listener was turned into. */
  internalName: string;
  allowedKinds: readonly RouteKind[];
  /** `namespace/host`, or a host for all namespaces. */
  hostnames: readonly string[];
  /** As written; empty when none is. */
  hostname: string;
  sectionName: string;
  port: number;
  protocol: string;
}

/** Parents by kind, namespace and name of the object that has them. */
export type Parents = ReadonlyMap<string, readonly ParentInfo[]>;
export const parentKey = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`;

/** One attachment of a route (routeParentReference). */
export interface Attachment {
  ref: ParentRef;
  mesh: boolean;
  internalName: string;
  hostname: string;
  /** Gateway or ListenerSet, and its listener. */
  owner: string;
  section: string;
  /** Other hosts of the port, whose listeners may be more specific. */
  others: readonly string[];
  /** For parents of the mesh: the hosts of the service. */
  hosts: readonly string[];
  denied?: ConfigError | undefined;
}

export interface AttachingRoute {
  kind: string;
  namespace: string;
  parentRefs: readonly ParentRef[];
  hostnames: readonly string[];
}

const mesh: ParentInfo = {
  internalName: 'mesh',
  allowedKinds: ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'].map((kind) => ({ group: GATEWAY_GROUP, kind })),
  hostnames: [],
  hostname: '',
  sectionName: '',
  port: 0,
  protocol: '',
};

/** All attachments that a route asks for, refused ones too (extractParentReferenceInfo). Kinds that Istio does not know are nobody's. */
export function attachments(route: AttachingRoute, parents: Parents, world: GatewayWorld): Attachment[] {
  return route.parentRefs.flatMap((ref) => {
    const kind = groupKind(ref, { group: GATEWAY_GROUP, kind: 'Gateway' });
    const { name = '', namespace = route.namespace } = ref;
    if (isKind(kind, '', 'Service') || isKind(kind, ISTIO_GROUP, 'ServiceEntry'))
      return [meshAttachment(route, ref, world)];
    const gateway = isKind(kind, GATEWAY_GROUP, 'Gateway') || isKind(kind, GATEWAY_GROUP, 'ListenerSet');
    const owner = parentKey(kind.kind, namespace, name);
    const listeners = gateway ? (parents.get(owner) ?? []) : [];
    return listeners.map((parent) => ({
      ref,
      mesh: false,
      internalName: parent.internalName,
      hostname: parent.hostname,
      owner,
      section: parent.sectionName,
      others: listeners
        .filter((l) => l !== parent && l.port === parent.port && l.protocol === parent.protocol)
        .map((l) => l.hostname)
        .filter((h) => h !== parent.hostname),
      hosts: [],
      denied: positionError(parent, ref) ?? hostError(parent, route) ?? kindError(parent, route.kind),
    }));
  });
}

function meshAttachment(route: AttachingRoute, ref: ParentRef, world: GatewayWorld): Attachment {
  const { name = '', namespace = route.namespace, kind = '' } = ref;
  const own = kind === 'ServiceEntry' ? world.entries.get(`${namespace}/${name}`)?.hosts : undefined;
  const service = kind === 'Service' && world.services.has(`${namespace}/${name}`);
  const found = kind === 'ServiceEntry' ? world.entries.has(`${namespace}/${name}`) : service;
  const what = kind === 'ServiceEntry' ? 'service entry' : 'service';
  const missing = { reason: 'NoMatchingParent', message: `parent ${what}: "${name}" not found` };
  return {
    ref,
    mesh: true,
    internalName: mesh.internalName,
    hostname: '',
    owner: '',
    section: '',
    others: [],
    hosts: service ? [serviceHost(name, namespace)] : (own ?? []),
    denied: found ? kindError(mesh, route.kind) : missing,
  };
}

function positionError(parent: ParentInfo, { port, sectionName }: ParentRef): ConfigError | undefined {
  if (port && port !== parent.port) return { reason: 'NoMatchingParent', message: `port ${port} not found` };
  if (sectionName && sectionName !== parent.sectionName)
    return { reason: 'NoMatchingParent', message: `sectionName "${sectionName}" not found` };
  return undefined;
}

/** One host of the route must fit, in a namespace that the listener takes. */
function hostError(parent: ParentInfo, { namespace, hostnames }: AttachingRoute): ConfigError | undefined {
  if (parent.hostnames.length === 0) return undefined;
  const wanted = hostnames.length > 0 ? hostnames : ['*'];
  let elsewhere = false;
  for (const host of wanted)
    for (const entry of parent.hostnames) {
      const [scope = '', own = ''] = entry.includes('/') ? entry.split('/') : ['*', entry];
      if (!hostMatches(own, host)) continue;
      if (scope === '*' || scope === namespace) return undefined;
      elsewhere = true;
    }
  const shown = JSON.stringify(parent.hostname);
  if (!elsewhere)
    return { reason: 'NoMatchingListenerHostname', message: `no hostnames matched parent hostname ${shown}` };
  return {
    reason: 'NotAllowedByListeners',
    message: `hostnames matched parent hostname ${shown}, but namespace "${namespace}" is not allowed by the parent`,
  };
}

function kindError(parent: ParentInfo, kind: string): ConfigError | undefined {
  const allowed = parent.allowedKinds.some((k) => k.kind === kind && (k.group ?? GATEWAY_GROUP) === GATEWAY_GROUP);
  if (allowed) return undefined;
  const message = `kind ${GATEWAY_GROUP}/v1/${kind} is not allowed`;
  return { reason: 'NotAllowedByListeners', message };
}

/** Hosts that another listener of the port names more exactly are its alone (hostnameAllowedByIsolation). */
export function isOwnHost({ hostname, others }: Attachment, host: string): boolean {
  if (hostname !== '' && !isWildcard(hostname)) return true;
  if (hostname !== '' && !hostMatches(host, hostname)) return false;
  return !others.some((other) => hostname.length <= other.length && hostSubsetOf(host, other));
}

/** Attachments that take effect, in the order in which their VirtualServices are numbered (filteredReferences). */
export const effective = (all: readonly Attachment[]): Attachment[] =>
  all
    .filter((a) => !a.denied)
    .sort((a, b) => (a.internalName < b.internalName ? -1 : a.internalName > b.internalName ? 1 : 0));
