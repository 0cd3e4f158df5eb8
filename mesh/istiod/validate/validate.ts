import type { ObjectMeta } from '../../kube/objects.ts';
import type { Webhook } from '../../kube/schema/admit.ts';
import { type Field, type Finding, fieldOf, type Rule } from '../../kube/schema/field.ts';
import { authorizationPolicyCrd, authorizationPolicyWebhook } from './authorization-policy.ts';
import { destinationRuleCrd, destinationRuleWebhook } from './destination-rule.ts';
import { envoyFilterCrd, envoyFilterWebhook } from './envoy-filter.ts';
import { gatewayCrd, gatewayWebhook } from './gateway.ts';
import { backendTlsPolicyCrd } from './gateway-api/backend-tls-policy.ts';
import { l4RouteCrd } from './gateway-api/backends.ts';
import { gatewayApiGatewayCrd, gatewayClassCrd, listenerSetCrd } from './gateway-api/gateway.ts';
import { grpcRouteCrd } from './gateway-api/grpc-route.ts';
import { httpRouteCrd } from './gateway-api/http-route.ts';
import { tlsRouteCrd } from './gateway-api/tls-route.ts';
import { metadataFindings } from './metadata.ts';
import { peerAuthenticationCrd, peerAuthenticationWebhook } from './peer-authentication.ts';
import { proxyConfigCrd, proxyConfigWebhook } from './proxy-config.ts';
import { requestAuthenticationCrd, requestAuthenticationWebhook } from './request-authentication.ts';
import { serviceEntryCrd, serviceEntryWebhook } from './service-entry.ts';
import { sidecarCrd, sidecarWebhook } from './sidecar.ts';
import { telemetryCrd, telemetryWebhook } from './telemetry.ts';
import { trafficExtensionCrd, trafficExtensionWebhook } from './traffic-extension.ts';
import { virtualServiceCrd, virtualServiceWebhook } from './virtual-service.ts';
import { wasmPluginCrd, wasmPluginWebhook } from './wasm-plugin.ts';
import { workloadEntryCrd, workloadEntryWebhook } from './workload-entry.ts';
import { workloadGroupCrd, workloadGroupWebhook } from './workload-group.ts';

interface Checks {
  /** The CRD's own rules beyond its structure: the API server refuses (422). `previous` is empty on creation. */
  crd(spec: Field, previous: Field): Finding[];
  /** What istiod's validating webhook says, errors and warnings. It does not look at Gateway API objects. */
  webhook?(spec: Field, namespace: string, metadata: ObjectMeta): Finding[];
}

const networking: { [kind: string]: Checks } = {
  DestinationRule: { crd: destinationRuleCrd, webhook: destinationRuleWebhook },
  EnvoyFilter: { crd: envoyFilterCrd, webhook: envoyFilterWebhook },
  Gateway: { crd: gatewayCrd, webhook: gatewayWebhook },
  ProxyConfig: { crd: proxyConfigCrd, webhook: proxyConfigWebhook },
  ServiceEntry: { crd: serviceEntryCrd, webhook: serviceEntryWebhook },
  Sidecar: { crd: sidecarCrd, webhook: sidecarWebhook },
  VirtualService: { crd: virtualServiceCrd, webhook: virtualServiceWebhook },
  WorkloadEntry: { crd: workloadEntryCrd, webhook: workloadEntryWebhook },
  WorkloadGroup: { crd: workloadGroupCrd, webhook: workloadGroupWebhook },
};
const security: { [kind: string]: Checks } = {
  AuthorizationPolicy: { crd: authorizationPolicyCrd, webhook: authorizationPolicyWebhook },
  PeerAuthentication: { crd: peerAuthenticationCrd, webhook: peerAuthenticationWebhook },
  RequestAuthentication: { crd: requestAuthenticationCrd, webhook: requestAuthenticationWebhook },
};
const extensions: { [kind: string]: Checks } = {
  TrafficExtension: { crd: trafficExtensionCrd, webhook: trafficExtensionWebhook },
  WasmPlugin: { crd: wasmPluginCrd, webhook: wasmPluginWebhook },
};
const gatewayApi: { [kind: string]: Checks } = {
  BackendTLSPolicy: { crd: backendTlsPolicyCrd },
  Gateway: { crd: gatewayApiGatewayCrd },
  GatewayClass: { crd: gatewayClassCrd },
  GRPCRoute: { crd: grpcRouteCrd },
  HTTPRoute: { crd: httpRouteCrd },
  ListenerSet: { crd: listenerSetCrd },
  TCPRoute: { crd: l4RouteCrd },
  TLSRoute: { crd: tlsRouteCrd },
  UDPRoute: { crd: l4RouteCrd },
};

/** One line per kind, by API group. Kinds that are not here are checked by their schema only. */
const checks: { [group: string]: { [kind: string]: Checks } } = {
  'networking.istio.io': networking,
  'security.istio.io': security,
  'extensions.istio.io': extensions,
  'telemetry.istio.io': { Telemetry: { crd: telemetryCrd, webhook: telemetryWebhook } },
  'gateway.networking.k8s.io': gatewayApi,
};

function checksOf({ apiVersion, kind }: { apiVersion: string; kind: string }): Checks | undefined {
  const group = apiVersion.split('/')[0] ?? '';
  return Object.hasOwn(checks, group) && Object.hasOwn(checks[group] ?? {}, kind) ? checks[group]?.[kind] : undefined;
}

/** The CRDs' CEL rules, for createAdmission({ rules }). */
export const istioCrdRules: Rule = (object, previous) =>
  checksOf(object)?.crd(fieldOf(object).get('spec'), fieldOf(previous ?? {}).get('spec')) ?? [];

/** All that istiod has to say about an object, warnings included. */
export function istioFindings(object: Parameters<Rule>[0]): Finding[] {
  const webhook = checksOf(object)?.webhook;
  if (!webhook) return [];
  const metadata = metadataFindings(object);
  return metadata.length > 0 ? metadata : specFindings(object);
}

/** As istioFindings, without a look at annotations: what `istioctl analyze` asks. */
export const specFindings = (object: Parameters<Rule>[0]): Finding[] =>
  checksOf(object)?.webhook?.(fieldOf(object).get('spec'), object.metadata.namespace ?? '', object.metadata) ?? [];

/** istiod's validating webhook in a default install (manifests/charts/base, istiod-default-validator). */
export const istioWebhook: Webhook = { name: 'validation.istio.io', review: (object) => istioFindings(object) };
