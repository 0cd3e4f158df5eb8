import { type EndpointSlice, endpointsOf } from '../ingest/endpoint-slice.ts';
import type { IngestedService } from '../ingest/service.ts';
import type { EntryService } from '../ingest/service-entry.ts';
import { selectedByService, type Workload } from '../ingest/workload.ts';
import { byCreation } from '../model/config.ts';
import { type Endpoint, serviceKey } from '../model/service.ts';
import { type EndpointIndex, groupEndpoints, type ServiceEndpoints, type ServiceIndex } from './services.ts';
import type { PodIndex } from './snapshot.ts';

export interface EndpointSources {
  slices: readonly EndpointSlice[];
  pods: PodIndex;
  /** Trust domain aliases: each identity may stand in any of them. */
  aliases: readonly string[];
  kube: readonly IngestedService[];
  entries: readonly EntryService[];
  workloads: readonly Workload[];
}

/** Endpoints by service. Those of a ServiceEntry and a Service with one host and namespace add up, the first first. */
export function indexEndpoints(services: ServiceIndex, from: EndpointSources): EndpointIndex {
  const byService = new Map<string, Endpoint[]>();
  const add = (key: string, endpoints: readonly Endpoint[]) => {
    const list = byService.get(key);
    if (list) list.push(...endpoints);
    else byService.set(key, [...endpoints]);
  };
  for (const { service, endpoints } of [...from.entries].sort((a, b) => byCreation(a.service, b.service))) {
    const key = serviceKey(service);
    add(key, service.resolution === 'DNSRoundRobinLB' ? firstOfPorts(endpoints, byService.get(key)) : endpoints);
  }
  const slices = groupSlices(from.slices);
  for (const { kube, service } of from.kube) {
    const key = serviceKey(service);
    add(key, sliceEndpoints(slices.get(`${service.namespace}/${service.name}`) ?? [], from.pods));
    add(key, selectedByService(kube, service, from.workloads));
  }
  const index = new Map<string, ServiceEndpoints>();
  for (const service of services.all) {
    const key = serviceKey(service);
    const before = index.get(key);
    index.set(key, groupEndpoints(service, byService.get(key) ?? [], { aliases: from.aliases, before }));
  }
  return index;
}

/** DNS_ROUND_ROBIN has one name for each port; what older entries gave goes before it (mergeServicesInstancesByNamespaceHost in istio pilot/pkg/serviceregistry/serviceentry/conversion.go). */
function firstOfPorts(endpoints: readonly Endpoint[], before: readonly Endpoint[] = []): Endpoint[] {
  const taken = new Set(before.map((e) => e.servicePortNumber));
  return endpoints.filter((e) => !taken.has(e.servicePortNumber) && taken.add(e.servicePortNumber));
}

function groupSlices(slices: readonly EndpointSlice[]): Map<string, EndpointSlice[]> {
  const out = new Map<string, EndpointSlice[]>();
  for (const slice of [...slices].sort(byCreation)) {
    const name = `${slice.namespace}/${slice.service}`;
    const list = out.get(name);
    if (list) list.push(slice);
    else out.set(name, [slice]);
  }
  return out;
}

/** An endpoint that moves from one slice to another may stand in both for a while: the first counts. */
export function sliceEndpoints(slices: readonly EndpointSlice[], pods: PodIndex): Endpoint[] {
  const seen = new Set<string>();
  const all: Endpoint[] = [];
  for (const slice of slices)
    for (const endpoint of endpointsOf(slice, pods)) {
      const id = `${endpoint.addresses[0]} ${endpoint.servicePort}`;
      if (seen.has(id)) continue;
      seen.add(id);
      all.push(endpoint);
    }
  return all;
}
