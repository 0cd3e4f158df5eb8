import type { KubeObject } from '../../../kube/objects.ts';
import type { Config } from '../../model/config.ts';
import type { DestinationRule } from '../../model/destination-rule.ts';
import type { GatewayConfig } from '../../model/gateway.ts';
import {
  backendTlsPolicy,
  type GatewayClass,
  gatewayClass,
  kubernetesGateway,
  listenerSet,
  referenceGrant,
} from '../../model/kubernetes-gateway.ts';
import type { ServiceEntry } from '../../model/service-entry.ts';
import type { VirtualServiceConfig } from '../../model/virtual-service.ts';
import { type Intake, readConfig } from '../read.ts';
import type { Namespaces } from '../service.ts';
import { type BackendTlsResult, translateBackendTls } from './backend-tls.ts';
import { isController } from './classes.ts';
import { type GatewayResult, type ListenerSetResult, translateGateways } from './gateways.ts';
import { grantsOf } from './grants.ts';
import type { RouteResult } from './route-result.ts';
import { translateRoutes } from './routes.ts';
import { configMapTexts, secretTexts } from './secrets.ts';
import type { GatewayWorld, NamedPort } from './world.ts';

/** Services as objects of the Gateway API name them. */
export interface KnownServices {
  namespaces: Namespaces;
  services: ReadonlyMap<string, readonly NamedPort[]>;
  entries: ReadonlyMap<string, ServiceEntry>;
  knows: GatewayWorld['knows'];
  exportTo: readonly string[];
  ambient: boolean;
}

/** The objects with what their statuses say; written out by gatewayStatuses. */
export interface GatewayApi {
  classes: readonly Config<GatewayClass>[];
  gateways: readonly GatewayResult[];
  sets: readonly ListenerSetResult[];
  routes: readonly RouteResult[];
  backendTls: readonly BackendTlsResult[];
}

/** What the Gateway API comes to in Istio's own terms (NewController in istio pilot/pkg/config/kube/gateway/controller.go). */
export interface TranslatedGatewayApi {
  gateways: GatewayConfig[];
  virtualServices: VirtualServiceConfig[];
  destinationRules: Config<DestinationRule>[];
  results: GatewayApi;
}

export function translateGatewayApi(
  of: (kind: string) => KubeObject[],
  known: KnownServices,
  intake: Intake,
): TranslatedGatewayApi {
  const classes = of('GatewayClass').map((o) => readConfig(o, gatewayClass, intake));
  const world: GatewayWorld = {
    ...known,
    classes: new Map(classes.map((c) => [c.name, c.spec.controllerName ?? ''])),
    grants: grantsOf(of('ReferenceGrant').map((o) => readConfig(o, referenceGrant, intake))),
    secrets: secretTexts(of('Secret')),
    configMaps: configMapTexts(of('ConfigMap')),
  };
  const gateways = translateGateways(
    {
      gateways: of('KubernetesGateway').map((o) => readConfig(o, kubernetesGateway, intake)),
      sets: of('ListenerSet').map((o) => readConfig(o, listenerSet, intake)),
    },
    world,
    intake,
  );
  const objects = { http: of('HTTPRoute'), grpc: of('GRPCRoute'), tcp: of('TCPRoute'), tls: of('TLSRoute') };
  const routes = translateRoutes(objects, { parents: gateways.parents, world, intake });
  const policies = of('BackendTLSPolicy').map((o) => readConfig(o, backendTlsPolicy, intake));
  const backends = translateBackendTls(policies, world, intake);
  return {
    gateways: gateways.configs,
    virtualServices: routes.virtualServices,
    destinationRules: backends.rules,
    results: {
      classes: classes.filter((c) => isController(c.spec.controllerName, known.ambient)),
      gateways: gateways.gateways,
      sets: gateways.sets,
      routes: routes.results,
      backendTls: backends.results,
    },
  };
}
