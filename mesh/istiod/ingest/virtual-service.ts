import type { KubeObject } from '../../kube/objects.ts';
import type { Config } from '../model/config.ts';
import { resolveGateway, resolveShortName } from '../model/host.ts';
import { type Destination, type VirtualService, virtualService } from '../model/virtual-service.ts';
import { type Intake, readConfig } from './read.ts';

/** Reads a VirtualService and resolves short names (ResolveVirtualServiceShortnames in istio pilot/pkg/model/virtualservice.go). */
export function ingestVirtualService(object: KubeObject, intake: Intake): Config<VirtualService> {
  const config = readConfig(object, virtualService, intake);
  resolveNames(config.spec, config.namespace);
  for (const route of config.spec.http ?? []) {
    route.mirrorPercent ??= route.mirror_percent;
    delete route.mirror_percent;
  }
  return config;
}

/** `spec` is our own copy, so names are resolved in place. */
function resolveNames(spec: VirtualService, namespace: string): void {
  const host = (d: Destination | undefined) => {
    if (d) d.host = resolveShortName(d.host ?? '', namespace);
  };
  const gateways = (of: { gateways?: string[] }) => {
    if (of.gateways) of.gateways = of.gateways.map((g) => resolveGateway(g, namespace));
  };
  spec.hosts = spec.hosts?.map((h) => resolveShortName(h, namespace));
  gateways(spec);
  for (const route of spec.http ?? []) {
    for (const leg of route.route ?? []) host(leg.destination);
    host(route.mirror);
    for (const mirror of route.mirrors ?? []) host(mirror.destination);
  }
  for (const rule of [...(spec.http ?? []), ...(spec.tcp ?? []), ...(spec.tls ?? [])])
    for (const match of rule.match ?? []) gateways(match);
  for (const route of [...(spec.tcp ?? []), ...(spec.tls ?? [])])
    for (const leg of route.route ?? []) host(leg.destination);
}
