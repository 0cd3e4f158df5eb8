import type { InputKind } from '../context.ts';

/** Where an annotation may stand, as Istio names it in messages. */
export interface AnnotationInfo {
  kinds: readonly string[];
  deprecated: boolean;
}

/** Names below a prefix; `!` in front: deprecated (istio/api annotation/annotations.yaml). */
const onPods: { [prefix: string]: string } = {
  'sidecar.istio.io':
    '!inject status rewriteAppHTTPProbers !discoveryAddress proxyImage proxyImageType proxyCPU proxyCPULimit proxyMemory proxyMemoryLimit interceptionMode bootstrapOverride !statsInclusionPrefixes !statsInclusionSuffixes !statsInclusionRegexps statsHistogramBuckets statsFlushInterval statsEvictionInterval statsHistogramBins userVolume userVolumeMount logLevel componentLogLevel agentLogLevel nativeSidecar !extraStatTags !statsCompression',
  'status.sidecar.istio.io': 'port',
  'readiness.status.sidecar.istio.io': 'initialDelaySeconds periodSeconds failureThreshold applicationPorts',
  'traffic.sidecar.istio.io':
    'includeOutboundIPRanges excludeOutboundIPRanges includeInboundPorts excludeInboundPorts excludeInterfaces includeOutboundPorts excludeOutboundPorts !kubevirtInterfaces',
  'prometheus.istio.io': 'merge-metrics',
  'proxy.istio.io': 'config overrides',
  'istio.io': 'rev reroute-virtual-interfaces',
  'inject.istio.io': 'templates',
  'ambient.istio.io': 'redirection bypass-inbound-capture dns-capture',
};

const elsewhere: { [name: string]: string } = {
  'networking.istio.io/exportTo': 'Service',
  '!alpha.istio.io/kubernetes-serviceaccounts': 'Service',
  '!alpha.istio.io/canonical-serviceaccounts': 'Service',
  'traffic.istio.io/nodeSelector': 'Service',
  'networking.istio.io/traffic-distribution': 'Namespace Service ServiceEntry',
  'istio.io/use-waypoint-canary-weight': 'Service ServiceEntry Namespace',
  'topology.istio.io/controlPlaneClusters': 'Namespace',
  'kubernetes.io/ingress.class': 'Ingress',
  'galley.istio.io/analyze-suppress': 'Any',
  'gateway.istio.io/controller-version': 'Any',
  'istio.io/dry-run': 'AuthorizationPolicy',
  'istio.io/autoRegistrationGroup': 'WorkloadEntry',
  'istio.io/workloadController': 'WorkloadEntry',
  'istio.io/connectedAt': 'WorkloadEntry',
  'istio.io/disconnectedAt': 'WorkloadEntry',
  'ambient.istio.io/waypoint-inbound-binding': 'GatewayClass Gateway',
  'gateway.istio.io/service-account': 'Gateway',
  'gateway.istio.io/name-override': 'Gateway',
  'networking.istio.io/service-type': 'Gateway',
};

const row = (name: string, kinds: readonly string[]): [string, AnnotationInfo] => [
  name.replace('!', ''),
  { kinds, deprecated: name.includes('!') },
];

const table = new Map<string, AnnotationInfo>([
  ...Object.entries(onPods).flatMap(([prefix, names]) =>
    names.split(' ').map((name) => row(`${prefix}/${name}`, ['Pod'])),
  ),
  ...Object.entries(elsewhere).map(([name, kinds]) => row(name, kinds.split(' '))),
]);

export const annotationInfo = (name: string): AnnotationInfo | undefined => table.get(name);

/** Istio's annotations, and the one of Kubernetes that Istio documents. */
export const isIstioAnnotation = (name: string): boolean =>
  name === 'kubernetes.io/ingress.class' || (name.split('/')[0] ?? '').endsWith('istio.io');

/** Written by Istio itself (maturity.AlwaysIgnoredAnnotations). */
export const writtenByIstio = new Set([
  'sidecar.istio.io/status',
  'gateway.istio.io/controller-version',
  'istio.io/rev',
]);

export const annotatedKinds: readonly InputKind[] = ['Namespace', 'Service', 'Pod', 'Deployment'];
