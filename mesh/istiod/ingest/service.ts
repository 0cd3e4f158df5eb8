import type { KubeObject } from '../../kube/objects.ts';
import type { Config } from '../model/config.ts';
import type { Labels } from '../model/labels.ts';
import { servicePortProtocol } from '../model/protocol.ts';
import { type Service, type TrafficDistribution, UNSPECIFIED } from '../model/service.ts';
import { bool, json, list, map, num, obj, type Shape, str } from '../model/shape.ts';
import { type Intake, readConfig } from './read.ts';

const servicePort = obj({ name: str, port: num, protocol: str, appProtocol: str, targetPort: json });
export type KubeServicePort = Shape<typeof servicePort>;
const service = obj({
  type: str,
  clusterIP: str,
  clusterIPs: list(str),
  externalName: str,
  externalIPs: list(str),
  ports: list(servicePort),
  selector: map(str),
  internalTrafficPolicy: str,
  trafficDistribution: str,
  publishNotReadyAddresses: bool,
});
export type KubeService = Config<Shape<typeof service>> & {
  /** Where it is reached from outside: addresses of its load balancer, and others that are said to lead to it. */
  external: readonly string[];
};
const serviceStatus = obj({ loadBalancer: obj({ ingress: list(obj({ ip: str, hostname: str })) }) });

/** A Kubernetes Service as it is, for finding the ports of a workload, and as istiod's model has it. */
export interface IngestedService {
  kube: KubeService;
  service: Service;
}

/** ConvertService in istio pilot/pkg/serviceregistry/kube/conversion.go. */
export function ingestService(
  object: KubeObject,
  at: { namespaces: Namespaces; trustDomain: string },
  intake: Intake,
): IngestedService {
  const config = readConfig(object, service, intake);
  const kube: KubeService = { ...config, external: externalAddresses(object, config.spec) };
  const { spec, name, namespace, annotations } = kube;
  const externalName = spec.type === 'ExternalName' ? (spec.externalName ?? '') : '';
  const headless = spec.clusterIP === 'None';
  const accounts = (annotations['alpha.istio.io/kubernetes-serviceaccounts'] ?? '').split(',').filter(Boolean);
  return {
    kube,
    service: {
      hostname: `${name}.${namespace}.svc.cluster.local`,
      name,
      namespace,
      kind: 'Service',
      object: name,
      created: kube.created,
      addresses: addressesOf(kube, headless),
      ports: (spec.ports ?? []).map((p) => ({
        name: p.name ?? '',
        port: p.port ?? 0,
        protocol: servicePortProtocol({ ...p, port: p.port ?? 0 }),
      })),
      resolution: headless ? 'Passthrough' : externalName ? 'Alias' : 'ClientSideLB',
      meshExternal: externalName !== '',
      labels: kube.labels,
      selector: spec.selector,
      exportTo: exportTo(annotations['networking.istio.io/exportTo']),
      serviceAccounts: [
        ...(annotations['alpha.istio.io/canonical-serviceaccounts'] ?? '').split(',').filter(Boolean),
        ...accounts.map((sa) => `spiffe://${at.trustDomain}/ns/${namespace}/sa/${sa}`),
      ],
      externalName,
      aliases: [],
      nodeLocal: spec.internalTrafficPolicy === 'Local',
      raceConnect: false,
      trafficDistribution: trafficDistribution(
        spec.trafficDistribution,
        annotations,
        at.namespaces.get(namespace)?.annotations,
      ),
      targetPortOverrides: new Map(),
    },
  };
}

function externalAddresses(object: KubeObject, spec: Shape<typeof service>): string[] {
  const status = serviceStatus(object.status ?? {}, 'status', { keep: () => {}, report: () => {} });
  const balanced = spec.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []) : [];
  return [...balanced.flatMap(({ ip, hostname }) => ip || hostname || []), ...(spec.externalIPs ?? [])];
}

export type Namespaces = ReadonlyMap<string, { labels: Labels; annotations: Labels }>;

/** One family unless the Service is dual-stack: istiod listens on the first address of the proxy's family. */
function addressesOf({ spec }: KubeService, headless: boolean): string[] {
  if (headless || !spec.clusterIP) return [UNSPECIFIED];
  const many = spec.clusterIPs ?? [];
  return many.length > 1 ? many : [spec.clusterIP];
}

const exportTo = (annotation: string | undefined): ReadonlySet<string> | undefined =>
  annotation ? new Set(annotation.split(',').map((ns) => ns.trim())) : undefined;

const distributions: { [name: string]: TrafficDistribution } = {
  prefersamezone: 'PreferSameZone',
  preferclose: 'PreferSameZone',
  prefersamenode: 'PreferSameNode',
};

/** Field, then the Service's annotation, then the namespace's (GetTrafficDistribution in istio pilot/pkg/model/service.go). */
export function trafficDistribution(
  field: string | undefined,
  own: Labels,
  namespace: Labels | undefined,
): TrafficDistribution {
  const known = distributions[(field ?? '').toLowerCase()];
  if (known) return known;
  const annotation = own['networking.istio.io/traffic-distribution'];
  if (annotation) return distributions[annotation.toLowerCase()] ?? 'Any';
  return distributions[(namespace?.['networking.istio.io/traffic-distribution'] ?? '').toLowerCase()] ?? 'Any';
}
