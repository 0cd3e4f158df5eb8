import type { KubeObject } from '../../../kube/objects.ts';
import type { Config } from '../../model/config.ts';
import {
  type GatewayL4Route,
  gatewayGrpcRoute,
  gatewayHttpRoute,
  gatewayL4Route,
  type ParentRef,
} from '../../model/gateway-route.ts';
import type { VirtualServiceConfig } from '../../model/virtual-service.ts';
import { readConfig } from '../read.ts';
import { grpcRoutes, httpRoutes } from './http-rule.ts';
import { type HttpRule, httpVirtualServices, type Keyed, mergedByKey } from './http-services.ts';
import { l4VirtualServices } from './l4-services.ts';
import { attachments } from './parents.ts';
import { reportRoute } from './report.ts';
import type { AnyRoute, RouteReading, RouteResult } from './route-result.ts';

export interface RouteObjects {
  http: readonly KubeObject[];
  grpc: readonly KubeObject[];
  tcp: readonly KubeObject[];
  tls: readonly KubeObject[];
}

export interface TranslatedRoutes {
  virtualServices: VirtualServiceConfig[];
  results: RouteResult[];
}

/** Routes as VirtualServices, of the mesh and of gateways (the route collections in istio gateway/route_collections.go). */
export function translateRoutes(objects: RouteObjects, reading: RouteReading): TranslatedRoutes {
  const results: RouteResult[] = [];
  const keyed: Keyed[] = [];
  const layer4: VirtualServiceConfig[] = [];
  const http = <Rule extends HttpRule>(
    config: HttpConfig<Rule>,
    convert: Parameters<typeof httpVirtualServices<Rule>>[1]['convert'],
  ) => {
    const result = resultOf(config, reading);
    keyed.push(...httpVirtualServices(config, { ...reading, result, convert }));
    done(result);
  };
  const done = (result: RouteResult) => {
    results.push(result);
    reportRoute(result, reading.intake);
  };
  for (const object of objects.http) http(readConfig(object, gatewayHttpRoute, reading.intake), httpRoutes);
  for (const object of objects.grpc) http(readConfig(object, gatewayGrpcRoute, reading.intake), grpcRoutes);
  for (const kind of ['tcp', 'tls'] as const)
    for (const object of objects[kind]) {
      const config: Config<GatewayL4Route> = readConfig(object, gatewayL4Route, reading.intake);
      const result = resultOf(config, reading);
      layer4.push(...l4VirtualServices(config, kind, { ...reading, result }));
      done(result);
    }
  return { virtualServices: [...mergedByKey(keyed, reading.intake), ...layer4], results };
}

type HttpConfig<Rule> = Config<{ parentRefs?: ParentRef[]; hostnames?: string[]; rules?: Rule[] }>;

function resultOf(config: AnyRoute, { parents, world }: RouteReading): RouteResult {
  const { kind, namespace, spec } = config;
  const hostnames = kind === 'TCPRoute' ? [] : (spec.hostnames ?? []);
  const route = { kind, namespace, parentRefs: spec.parentRefs ?? [], hostnames };
  return { config, attachments: attachments(route, parents, world), errors: {} };
}
