import type { Problem } from '../../problem.ts';
import type { GatewayApi } from '../ingest/gateway-api/gateway-api.ts';
import type { Pod } from '../ingest/pod.ts';
import type { KubeService, Namespaces } from '../ingest/service.ts';
import type { EntryService, ServiceEntryConfig } from '../ingest/service-entry.ts';
import type { Workload } from '../ingest/workload.ts';
import type { MeshConfig } from '../mesh-config.ts';
import type { AuthorizationPolicy } from '../model/authorization-policy.ts';
import type { Config } from '../model/config.ts';
import type { GatewayConfig } from '../model/gateway.ts';
import type { Labels } from '../model/labels.ts';
import type { RequestAuthentication } from '../model/request-authentication.ts';
import type { Sidecar } from '../model/sidecar.ts';
import type { Origin } from '../xds/types.ts';
import type { AuthnIndex } from './authn.ts';
import type { DestinationRuleIndex } from './destination-rules.ts';
import type { EnvoyFilterIndex } from './envoy-filters.ts';
import type { ExtensionIndex } from './extensions.ts';
import type { PolicyIndex } from './policies.ts';
import type { ProxyConfigIndex } from './proxy-configs.ts';
import type { SidecarScope } from './scope-types.ts';
import type { EndpointIndex, ServiceIndex } from './services.ts';
import type { TelemetryIndex } from './telemetries.ts';
import type { VirtualServiceIndex } from './virtual-services.ts';

/** An immutable, indexed view of all objects. Build it with buildSnapshot; where only endpoints changed, derive the next with withEndpoints. */
export interface Snapshot {
  readonly mesh: MeshConfig;
  /** The object and field that each piece of a spec was read from. */
  readonly provenance: WeakMap<object, Origin>;
  /** What could not be read as written. */
  readonly problems: readonly Problem[];
  readonly namespaces: Namespaces;
  /** Labels of nodes. */
  readonly nodes: ReadonlyMap<string, Labels>;
  readonly pods: PodIndex;
  /** Kubernetes Services by namespace. */
  readonly kubeServices: ReadonlyMap<string, readonly KubeService[]>;
  readonly services: ServiceIndex;
  readonly endpoints: EndpointIndex;
  readonly serviceEntries: readonly ServiceEntryConfig[];
  readonly entries: readonly EntryService[];
  readonly workloads: readonly Workload[];
  readonly virtualServices: VirtualServiceIndex;
  /** Istio Gateways and what listeners of the Gateway API were turned into, oldest first. */
  readonly gateways: readonly GatewayConfig[];
  /** Objects of the Gateway API with what their statuses say. */
  readonly gatewayApi: GatewayApi;
  readonly destinationRules: DestinationRuleIndex;
  readonly authn: AuthnIndex;
  readonly authorization: PolicyIndex<AuthorizationPolicy>;
  readonly requestAuthentication: PolicyIndex<RequestAuthentication>;
  readonly envoyFilters: EnvoyFilterIndex;
  readonly telemetries: TelemetryIndex;
  readonly extensions: ExtensionIndex;
  readonly proxyConfigs: ProxyConfigIndex;
  readonly sidecars: readonly Config<Sidecar>[];
  /** Scopes that were asked for; each is derived once. */
  readonly scopes: Map<string, SidecarScope>;
}

export interface PodIndex {
  byName: ReadonlyMap<string, Pod>;
  byIp: ReadonlyMap<string, readonly Pod[]>;
}
