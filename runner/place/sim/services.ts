import type { MeshSim, ServicePorts } from '../../../mesh/envoy/mesh-sim.ts';
import { objects } from '../../../mesh/json.ts';
import { readyEndpoints } from '../../../mesh/kube/cluster-dns.ts';
import type { KubeObject } from '../../../mesh/kube/objects.ts';
import { externalAddresses } from '../../../mesh/kube/outside.ts';
import type { Store } from '../../../mesh/kube/store.ts';

/**
 * kube-proxy: keeps the virtual addresses of the network equal to the Services of the store and their ready endpoints.
 * Called when the objects have come to rest.
 */
export class ServiceAddresses {
  readonly #store: Store;
  readonly #dataplane: Pick<MeshSim, 'service'>;
  readonly #known = new Map<string, string>();

  constructor(store: Store, dataplane: Pick<MeshSim, 'service'>) {
    this.#store = store;
    this.#dataplane = dataplane;
  }

  renew(): void {
    const services = this.#store.list({ apiVersion: 'v1', kind: 'Service' });
    const now = new Map(services.flatMap((s) => addressesOf(s).map((ip) => [ip, portsOf(this.#store, s)] as const)));
    for (const ip of this.#known.keys()) if (!now.has(ip)) this.#set(ip, undefined);
    for (const [ip, ports] of now) this.#set(ip, ports);
  }

  #set(ip: string, ports: ServicePorts | undefined): void {
    const text = JSON.stringify(ports);
    if (this.#known.get(ip) === text) return;
    if (ports) this.#known.set(ip, text);
    else this.#known.delete(ip);
    this.#dataplane.service(ip, ports ?? {});
  }
}

/** Its own, and those of load balancers. */
function addressesOf(service: KubeObject): string[] {
  const ip = String(service.spec?.clusterIP ?? 'None');
  return [...(ip === 'None' ? [] : [ip]), ...externalAddresses(service)];
}

function portsOf(store: Store, service: KubeObject): ServicePorts {
  const ready = readyEndpoints(store, service.metadata.namespace ?? '', service.metadata.name);
  const endpoints = (name: unknown) =>
    ready.flatMap((e) =>
      e.ports.filter((p) => (p.name ?? '') === (name ?? '')).map((p) => ({ ip: e.ip, port: Number(p.port) })),
    );
  return Object.fromEntries(objects(service.spec?.ports).map((p) => [Number(p.port), endpoints(p.name)]));
}
