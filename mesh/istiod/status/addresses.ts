import type { ConfigError } from '../ingest/gateway-api/conditions.ts';
import { compareText } from '../model/config.ts';
import { type Service, UNSPECIFIED } from '../model/service.ts';
import { endpointsFor } from '../snapshot/services.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Where a Gateway's ports are served (ResolveGatewayInstances in istio gatewaycommon/context.go). Lists are sorted. */
export interface GatewayAddresses {
  /** `host:port` of Services with endpoints. */
  internal: string[];
  ips: string[];
  /** Of load balancers. */
  external: string[];
  /** Hosts that wait for their load balancer. */
  pending: string[];
  warnings: string[];
  /** Whether all that is missing may still come. */
  usable: boolean;
}

export function gatewayAddresses(
  snapshot: Snapshot,
  of: { hosts: readonly string[]; namespace: string; ports: readonly number[] },
): GatewayAddresses {
  const found = new Finder(snapshot);
  for (const host of of.hosts) {
    const service = snapshot.services.byHost.get(host)?.get(of.namespace);
    if (service) for (const port of new Set(of.ports)) found.port(service, port);
    else found.unknown(host, of.namespace);
  }
  return found.result();
}

class Finder {
  readonly #snapshot: Snapshot;
  readonly #internal = new Set<string>();
  readonly #ips = new Set<string>();
  readonly #external = new Set<string>();
  readonly #pending = new Set<string>();
  readonly #warnings: string[] = [];
  #usable = true;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  unknown(host: string, namespace: string): void {
    const others = [...(this.#snapshot.services.byHost.get(host)?.keys() ?? [])].sort();
    const shown = others.map((ns) => JSON.stringify(ns)).join(', ');
    const elsewhere = ` in namespace "${namespace}", but it was found in namespace(s) ${shown}`;
    this.#unusable(`hostname "${host}" not found${others.length > 0 ? elsewhere : ''}`);
  }

  port(service: Service, port: number): void {
    const endpoints = endpointsFor(this.#snapshot.endpoints, service);
    if ((endpoints.byPort.get(port) ?? []).length > 0) this.#serves(service, port);
    else if (endpoints.all.length === 0) this.#warnings.push(`no instances found for hostname "${service.hostname}"`);
    else this.#missing(service, port);
  }

  #serves(service: Service, port: number): void {
    this.#internal.add(`${service.hostname}:${port}`);
    for (const address of service.addresses) if (address !== UNSPECIFIED) this.#ips.add(address);
    const kube = (this.#snapshot.kubeServices.get(service.namespace) ?? []).find((s) => s.name === service.object);
    for (const address of kube?.external ?? []) this.#external.add(address);
    if (kube?.spec.type !== 'LoadBalancer' || kube.external.length > 0 || this.#pending.has(service.hostname)) return;
    this.#pending.add(service.hostname);
    this.#warnings.push(`address pending for hostname "${service.hostname}"`);
  }

  /** A Gateway names ports of Services, and people take those of workloads. */
  #missing(service: Service, port: number): void {
    const host = service.hostname;
    const endpoints = endpointsFor(this.#snapshot.endpoints, service);
    const hints = [...endpoints.byPort].filter(([, list]) => list.some((e) => e.port === port)).map(([own]) => own);
    const managed = 'gateway.istio.io/managed' in service.labels && service.ports.some((p) => p.port === port);
    const shown = hints.map(String).sort(compareText).join(' ');
    if (hints.length > 0)
      this.#unusable(
        `port ${port} not found for hostname "${host}" (hint: the service port should be specified, not the workload port. Did you mean one of these ports: [${shown}]?)`,
      );
    else if (!managed) this.#unusable(`port ${port} not found for hostname "${host}"`);
  }

  #unusable(warning: string): void {
    this.#warnings.push(warning);
    this.#usable = false;
  }

  result(): GatewayAddresses {
    const sorted = (set: ReadonlySet<string>) => [...set].sort(compareText);
    return {
      internal: sorted(this.#internal),
      ips: sorted(this.#ips),
      external: sorted(this.#external),
      pending: sorted(this.#pending),
      warnings: this.#warnings.sort(compareText),
      usable: this.#usable,
    };
  }
}

/** The Programmed condition, as far as addresses decide it (SetProgrammedCondition). */
export function programmed(
  hosts: readonly string[],
  { internal, warnings, usable }: GatewayAddresses,
): { message: string; error?: ConfigError } {
  const served = humanList(internal);
  const message = internal.length > 0 ? `Resource programmed, assigned to service(s) ${served}` : 'Resource programmed';
  if (hosts.length === 0)
    return { message, error: { reason: 'UnsupportedAddress', message: 'Failed to assign to any requested addresses' } };
  if (warnings.length === 0) return { message };
  const why = warnings.join('; ');
  const partly = `Assigned to service(s) ${served}, but failed to assign to all requested addresses: ${why}`;
  const reason = usable ? 'AddressNotAssigned' : 'AddressNotUsable';
  const none = `Failed to assign to any requested addresses: ${why}`;
  return { message, error: { reason, message: internal.length > 0 ? partly : none } };
}

/** `a`, `a and b`, `a, b, and c`. */
function humanList(items: readonly string[]): string {
  if (items.length < 3) return items.join(' and ');
  return `${items.slice(0, -1).join(', ')}, and ${items.at(-1)}`;
}
