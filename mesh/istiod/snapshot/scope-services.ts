import type { Labels } from '../model/labels.ts';
import type { Service } from '../model/service.ts';

/** Gathers services by host and merges partial views of one (appendSidecarServices in istio pilot/pkg/model/sidecar.go). */
export class ServiceCollector {
  readonly services: Service[] = [];
  readonly byHost = new Map<string, Service>();
  readonly #positions = new Map<string, number>();

  add(service: Service): void {
    const existing = this.byHost.get(service.hostname);
    if (!existing) {
      this.#positions.set(service.hostname, this.services.length);
      this.services.push(service);
      this.byHost.set(service.hostname, service);
      return;
    }
    const merged = merge(existing, service);
    if (merged === existing) return;
    this.services[this.#positions.get(service.hostname) ?? 0] = merged;
    this.byHost.set(service.hostname, merged);
  }
}

/** A Kubernetes Service takes its host from ServiceEntries and merges with none of them. */
function merge(existing: Service, incoming: Service): Service {
  if (existing === incoming || (existing.kind === 'Service' && incoming.kind !== 'Service')) return existing;
  if (existing.kind !== 'Service' && incoming.kind === 'Service') return incoming;
  if (samePorts(existing, incoming) || !canMerge(existing, incoming)) return existing;
  const added = incoming.ports.filter((p) => !existing.ports.some((e) => e.port === p.port));
  return { ...existing, ports: [...existing.ports, ...added] };
}

const samePorts = (a: Service, b: Service): boolean =>
  a.ports.length === b.ports.length &&
  a.ports.every(
    (p, i) => p.port === b.ports[i]?.port && p.name === b.ports[i]?.name && p.protocol === b.ports[i]?.protocol,
  );

const canMerge = (a: Service, b: Service): boolean =>
  a.namespace === b.namespace &&
  a.resolution === b.resolution &&
  sameLabels(a.labels, b.labels) &&
  sameLabels(a.selector ?? {}, b.selector ?? {}) &&
  [...(a.exportTo ?? [])].join() === [...(b.exportTo ?? [])].join();

const sameLabels = (a: Labels, b: Labels): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((k) => a[k] === b[k]);
