import type { BackendRef, WeightedBackend } from '../../model/gateway-route.ts';
import type { Destination } from '../../model/virtual-service.ts';

/** What routes are turned into VirtualServices with (istio pilot/pkg/config/kube/gateway/conversion.go). */
export interface RouteInput {
  namespace: string;
  /** Whether there is such a Service or host. */
  knows: (host: string, namespace: string) => boolean;
  report: (what: string) => void;
}

/** buildDestination: undefined drops the whole route; a backend that does not exist gets a destination that answers 500. */
export function backendDestination(to: BackendRef, input: RouteInput): Destination | undefined {
  const { group = '', kind = 'Service', name = '' } = to;
  const found = hostOf(to, input);
  if (found === undefined) {
    input.report(`backend ${name} of kind ${group ? `${group}/` : ''}${kind} cannot be used`);
    return kind === 'Service' || kind === 'Hostname' ? undefined : {};
  }
  if (to.port === undefined) {
    input.report(`backend ${name} needs a port`);
    return undefined;
  }
  if (!input.knows(found, to.namespace ?? input.namespace)) input.report(`backend ${found} does not exist`);
  return { host: found, port: { number: to.port } };
}

function hostOf({ group = '', kind = 'Service', name = '', namespace }: BackendRef, input: RouteInput) {
  if (kind === 'Service' && (group === '' || group === 'core'))
    return name.includes('.') ? undefined : `${name}.${namespace ?? input.namespace}.svc.cluster.local`;
  return kind === 'Hostname' && group === 'networking.istio.io' && namespace === undefined ? name : undefined;
}

export const weightOf = ({ weight = 1 }: WeightedBackend): number => weight;
export const hasBackends = (backends: readonly WeightedBackend[] | undefined): boolean =>
  (backends ?? []).some((b) => weightOf(b) > 0);

/** Backends that get requests, with their destinations; a single one needs no weight. Undefined drops the route. */
export function destinations(
  backends: readonly WeightedBackend[],
  input: RouteInput,
): { backend: WeightedBackend; destination: Destination; weight: number }[] | undefined {
  const used = backends.filter((b) => weightOf(b) !== 0);
  const out = used.map((backend) => ({
    backend,
    destination: backendDestination(backend, input),
    weight: used.length === 1 ? 0 : weightOf(backend),
  }));
  const known = out.flatMap(({ destination, ...rest }) => (destination ? [{ ...rest, destination }] : []));
  return known.length === out.length ? known : undefined;
}
