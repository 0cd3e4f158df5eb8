import type { KnownServices } from '../ingest/gateway-api/gateway-api.ts';
import type { IngestedService, Namespaces } from '../ingest/service.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { type Config, keyOf } from '../model/config.ts';
import type { ServiceEntry } from '../model/service-entry.ts';
import { isAmbient } from '../xds/hbone/ambient.ts';
import type { ServiceIndex } from './services.ts';

/** Services as objects of the Gateway API name them. */
export const knownServices = (of: {
  mesh: MeshConfig;
  namespaces: Namespaces;
  kube: readonly IngestedService[];
  serviceEntries: readonly Config<ServiceEntry>[];
  services: ServiceIndex;
}): KnownServices => ({
  namespaces: of.namespaces,
  services: new Map(
    of.kube.map(({ kube }) => [
      keyOf(kube),
      (kube.spec.ports ?? []).map((p) => ({ name: p.name ?? '', port: p.port ?? 0 })),
    ]),
  ),
  entries: new Map(of.serviceEntries.map((config) => [keyOf(config), config.spec])),
  knows: (host, namespace) => of.services.byHost.get(host)?.has(namespace) ?? false,
  exportTo: of.mesh.defaultVirtualServiceExportTo,
  ambient: isAmbient(of.mesh),
});
