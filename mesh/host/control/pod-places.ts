import type { PodRef } from '../../kube/runtime.ts';
import { ProblemError } from '../../problem.ts';
import type { Uplink } from '../../world/dial.ts';

/** Where a pod of the virtual network really is. */
export interface PodPlace {
  ref: PodRef;
  /** Address in the virtual network. */
  ip: string;
  /** Folder of the pod, 0700, absolute. */
  folder: string;
  /** Id of its proxy at the control plane; undefined: the pod has none. */
  nodeId?: string;
  /** Port that istiod names → port on 127.0.0.1, of the proxy's bound listeners; filled when Envoy has bound them. */
  bound: Map<number, number>;
  /** Where apps and clients of the pod send what they dial: the capture socket of its proxy, or the world. */
  uplink: Uplink;
}

const inboundPort = 15006;

/** Every pod that runs, by name and by address. */
export class PodPlaces {
  readonly #byName = new Map<string, PodPlace>();
  readonly #byIp = new Map<string, PodPlace>();

  add(place: PodPlace): void {
    this.#byName.set(key(place.ref), place);
    this.#byIp.set(place.ip, place);
  }

  remove(ref: PodRef): void {
    const place = this.#byName.get(key(ref));
    if (!place) return;
    this.#byName.delete(key(ref));
    if (this.#byIp.get(place.ip) === place) this.#byIp.delete(place.ip);
  }

  get(ref: PodRef): PodPlace | undefined {
    return this.#byName.get(key(ref));
  }

  /** The place of a pod that must run; a ProblemError otherwise. */
  running(ref: PodRef): PodPlace {
    const place = this.get(ref);
    if (place) return place;
    throw new ProblemError({
      what: `pod ${ref.name}.${ref.namespace} does not run`,
      fix: 'compare the name with the running pods',
    });
  }

  at(ip: string): PodPlace | undefined {
    return this.#byIp.get(ip);
  }

  all(): PodPlace[] {
    return [...this.#byName.values()];
  }

  /** Where proxies take connections on 127.0.0.1, by virtual address: see LocalPlace. */
  inbound(): ReadonlyMap<string, number> {
    const entries = this.all().flatMap(({ ip, bound }) =>
      [...bound].map(([port, real]) => [port === inboundPort ? ip : `${ip}:${port}`, real] as const),
    );
    return new Map(entries);
  }

  /** A sidecar takes every port on its virtualInbound; a gateway has a listener per port. */
  inboundPort(ip: string, port: number): number | undefined {
    const bound = this.at(ip)?.bound;
    return bound?.get(port) ?? bound?.get(inboundPort);
  }
}

const key = (ref: PodRef): string => `${ref.namespace}/${ref.name}`;
