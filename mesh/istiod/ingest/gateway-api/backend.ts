import type { BackendRef, WeightedBackend } from '../../model/gateway-route.ts';
import type { Destination } from '../../model/virtual-service.ts';
import type { ConfigError } from './conditions.ts';
import { GATEWAY_GROUP, groupKind, ISTIO_GROUP, isKind } from './references.ts';
import { type GatewayWorld, serviceHost } from './world.ts';

/** Where a route is translated (RouteContext in istio gateway/route_collections.go). */
export interface RouteInput {
  kind: string;
  namespace: string;
  world: GatewayWorld;
  /** Gateways ask for ReferenceGrants, the mesh does not. */
  mesh: boolean;
}

/** A value, what is wrong with it, or both: a route with one bad backend still serves the others. No value drops the whole route. */
export interface Converted<T> {
  value?: T;
  error?: ConfigError | undefined;
}

const failed = <T>(reason: string, message: string): Converted<T> => ({ error: { reason, message } });
/** A backend that may not be used answers 500: its cluster is UnknownService. */
const unusable = (reason: string, message: string): Converted<Destination> => ({
  value: {},
  error: { reason, message },
});

/** buildDestination in istio pilot/pkg/config/kube/gateway/conversion.go. */
export function backendDestination(to: BackendRef, input: RouteInput): Converted<Destination> {
  const { name = '', namespace } = to;
  const kind = groupKind(to, { group: '', kind: 'Service' });
  const target = namespace ?? input.namespace;
  if (!input.mesh && target !== input.namespace) {
    const from = { kind: input.kind, namespace: input.namespace };
    if (!input.world.grants.allows(from, { ...kind, namespace: target, name }))
      return unusable('RefNotPermitted', notPermitted(`${name}/${target}`, input));
  }
  if (isKind(kind, '', 'Service') && name.includes('.'))
    return failed(
      'InvalidDestination',
      'service name invalid; the name of the Service must be used, not the hostname.',
    );
  if (isKind(kind, ISTIO_GROUP, 'Hostname') && namespace !== undefined)
    return failed('InvalidDestination', 'namespace may not be set with Hostname type');
  const host = hostOf(kind, { name, namespace: target }, input.world);
  if (!host) return unusable('InvalidKind', unsupported(to, kind));
  if (to.port === undefined) return failed('InvalidDestination', 'port is required in backendRef');
  const value = { host: host.name, port: { number: to.port } };
  if (host.found) return { value };
  return { value, error: { reason: 'BackendNotFound', message: `backend(${host.name}) not found` } };
}

const notPermitted = (backend: string, { kind, namespace }: RouteInput): string =>
  `backendRef ${backend} not accessible to a ${kind} in namespace "${namespace}" (missing a ReferenceGrant?)`;

function unsupported({ group = '', kind: given = '' }: BackendRef, kind: { group: string; kind: string }): string {
  if (isKind(kind, 'inference.networking.k8s.io', 'InferencePool'))
    return 'InferencePool is not enabled. To enable, set ENABLE_GATEWAY_API_INFERENCE_EXTENSION to true in istiod';
  if (kind.kind === 'XBackend' && kind.group.endsWith(GATEWAY_GROUP.slice(GATEWAY_GROUP.indexOf('.'))))
    return 'The Alpha Gateway API is not enabled, XBackend is invalid. To enable, set PILOT_ENABLE_ALPHA_GATEWAY_API to true in istiod.';
  return `referencing unsupported backendRef: group "${group}" kind "${given}"`;
}

function hostOf(
  kind: { group: string; kind: string },
  { name, namespace }: { name: string; namespace: string },
  world: GatewayWorld,
): { name: string; found: boolean } | undefined {
  const imported = isKind(kind, 'multicluster.x-k8s.io', 'ServiceImport');
  if (imported || isKind(kind, '', 'Service'))
    return { name: serviceHost(name, namespace), found: world.services.has(`${namespace}/${name}`) };
  return isKind(kind, ISTIO_GROUP, 'Hostname') ? { name, found: world.knows(name, namespace) } : undefined;
}

export const weightOf = ({ weight = 1 }: WeightedBackend): number => weight;
export const hasBackends = (backends: readonly WeightedBackend[] | undefined): boolean =>
  (backends ?? []).some((b) => weightOf(b) > 0);

export interface Leg {
  backend: WeightedBackend;
  destination: Destination;
  weight: number;
}

/** Backends that get requests, with their destinations; a single one needs no weight. */
export function destinations(backends: readonly WeightedBackend[], input: RouteInput): Converted<Leg[]> {
  const used = backends.filter((b) => weightOf(b) !== 0);
  const legs: Leg[] = [];
  let error: ConfigError | undefined;
  for (const backend of used) {
    const found = backendDestination(backend, input);
    if (!found.value) return { error: found.error };
    error = found.error ?? error;
    legs.push({ backend, destination: found.value, weight: used.length === 1 ? 0 : weightOf(backend) });
  }
  return { value: legs, error };
}
