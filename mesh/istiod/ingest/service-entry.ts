import { isObject, type Json, objects } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { type Config, compareText } from '../model/config.ts';
import { isIp } from '../model/host.ts';
import { subsetOf } from '../model/labels.ts';
import { parseProtocol } from '../model/protocol.ts';
import { type Endpoint, type Resolution, type Service, UNSPECIFIED } from '../model/service.ts';
import { type ServiceEntry, serviceEntry } from '../model/service-entry.ts';
import { type Intake, readConfig } from './read.ts';
import { type Namespaces, trafficDistribution } from './service.ts';
import { type Workload, workloadOfEntry } from './workload.ts';

/** With the addresses that istiod gave it, by host. */
export type ServiceEntryConfig = Config<ServiceEntry> & { allocated: ReadonlyMap<string, readonly string[]> };

export const ingestServiceEntry = (object: KubeObject, intake: Intake): ServiceEntryConfig => {
  const config = readConfig(object, serviceEntry, intake);
  return { ...config, allocated: allocates(config) ? allocatedIn(object.status) : new Map() };
};

/** ShouldV2AutoAllocateIP in istio pilot/pkg/networking/serviceentry. */
export function allocates({ spec, labels }: Config<ServiceEntry>): boolean {
  if (labels['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() === 'false') return false;
  const { addresses = [], resolution = 'NONE' } = spec;
  return addresses.length === 0 && resolution !== 'NONE';
}

/** status.addresses: a host and an address each (GetHostAddressesFromConfig). */
function allocatedIn(status: Json | undefined): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const { host, value } of objects(isObject(status) ? status.addresses : undefined))
    if (typeof host === 'string' && typeof value === 'string' && isIp(value))
      out.set(host, [...(out.get(host) ?? []), value]);
  return out;
}

/** A service of a ServiceEntry with its endpoints. Each host and address makes one, so that hosts may stand more than once. */
export interface EntryService {
  service: Service;
  endpoints: Endpoint[];
}

const resolutions: { [name: string]: Resolution } = {
  NONE: 'Passthrough',
  STATIC: 'ClientSideLB',
  DNS: 'DNSLB',
  DNS_ROUND_ROBIN: 'DNSRoundRobinLB',
  DYNAMIC_DNS: 'DynamicDNS',
};

export interface EntryContext {
  namespaces: Namespaces;
  trustDomain: string;
  workloads: readonly Workload[];
}

/** convertServices in istio pilot/pkg/serviceregistry/serviceentry/conversion.go. */
export function servicesOf(config: ServiceEntryConfig, at: EntryContext): EntryService[] {
  const { spec, namespace } = config;
  const resolution = resolutions[spec.resolution ?? 'NONE'] ?? 'Passthrough';
  const ports = spec.ports ?? [];
  const overrides = resolution === 'Passthrough' ? ports.filter((p) => p.targetPort) : [];
  const common: Omit<Service, 'hostname' | 'name' | 'addresses'> = {
    namespace,
    kind: 'ServiceEntry',
    object: config.name,
    created: config.created,
    ports: ports.map((p) => ({ name: p.name ?? '', port: p.number ?? 0, protocol: parseProtocol(p.protocol) })),
    resolution,
    meshExternal: spec.location !== 'MESH_INTERNAL',
    labels: config.labels,
    selector: spec.workloadSelector?.labels,
    exportTo: spec.exportTo?.length ? new Set(spec.exportTo) : undefined,
    serviceAccounts: spec.subjectAltNames ?? [],
    externalName: '',
    aliases: [],
    nodeLocal: false,
    raceConnect: config.annotations['istio.io/connect-strategy']?.toUpperCase() === 'RACE_FIRST_TCP_CONNECT',
    trafficDistribution: trafficDistribution(undefined, config.annotations, at.namespaces.get(namespace)?.annotations),
    targetPortOverrides: new Map(overrides.map((p) => [p.number ?? 0, p.targetPort ?? 0])),
  };
  return (spec.hosts ?? []).flatMap((hostname) =>
    addressesOf(spec).map((address) => {
      const allocated = config.allocated.get(hostname);
      const service: Service = {
        ...common,
        hostname,
        name: hostname,
        addresses: [address],
        ...(allocated ? { allocated } : {}),
      };
      return { service, endpoints: endpointsOf(config, service, at) };
    }),
  );
}

/** Addresses and CIDRs; a CIDR of one address is that address. */
function addressesOf(spec: ServiceEntry): string[] {
  const given = spec.addresses ?? [];
  if (given.length === 0) return [UNSPECIFIED];
  return given.flatMap((text) => {
    const [address = '', bits] = text.split('/');
    if (!isIp(address)) return [];
    const whole = address.includes(':') ? '128' : '32';
    return [bits === undefined || bits === whole ? address : text];
  });
}

const isDns = (service: Service): boolean => service.resolution === 'DNSLB' || service.resolution === 'DNSRoundRobinLB';

function endpointsOf(config: Config<ServiceEntry>, service: Service, at: EntryContext): Endpoint[] {
  const { spec, namespace, name } = config;
  const inline = spec.endpoints ?? [];
  if (spec.workloadSelector) return selected(config, service, at).flatMap((w) => ofPorts(w, spec));
  if (inline.length === 0 && isDns(service)) return ofPorts(hostWorkload(config, service), spec);
  return inline.flatMap((entry, i) => {
    const source = { entry, namespace, name: `${name}-${i}`, labels: {}, annotations: {}, trustDomain: at.trustDomain };
    return ofPorts(workloadOfEntry(source), spec);
  });
}

/** Pods first, then entries, by name. */
function selected({ spec, namespace }: Config<ServiceEntry>, service: Service, at: EntryContext): Workload[] {
  const labels = spec.workloadSelector?.labels;
  return at.workloads
    .filter((w) => w.namespace === namespace && subsetOf(labels, w.endpoint.labels) && (!w.dnsOnly || isDns(service)))
    .sort((a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name));
}

/** Without endpoints the host itself is looked up. */
function hostWorkload(config: Config<ServiceEntry>, service: Service): Workload {
  const { namespace, name } = config;
  const source = {
    entry: { address: service.hostname },
    namespace,
    name,
    labels: {},
    annotations: {},
    trustDomain: '',
  };
  const workload = workloadOfEntry(source);
  return { ...workload, endpoint: { ...workload.endpoint, labels: {} } };
}

/** The port of each endpoint: none for a socket, else its own, the targetPort, the number. */
function ofPorts(workload: Workload, spec: ServiceEntry): Endpoint[] {
  const socket = workload.endpoint.addresses[0]?.startsWith('unix://');
  return (spec.ports ?? []).map((p) => ({
    ...workload.endpoint,
    port: socket ? 0 : workload.ports[p.name ?? ''] || p.targetPort || (p.number ?? 0),
    servicePort: p.name ?? '',
    servicePortNumber: p.number ?? 0,
  }));
}
