import { type Delegate, mergeDelegates } from '../ingest/delegates.ts';
import type { Intake } from '../ingest/read.ts';
import { byCreation, type Config, keyOf } from '../model/config.ts';
import type { VirtualService, VirtualServiceConfig } from '../model/virtual-service.ts';

type ByGateway = ReadonlyMap<string, readonly VirtualServiceConfig[]>;

/** VirtualServices by gateway ("mesh" is the sidecars') and by who may see them; each list is oldest first. */
export interface VirtualServiceIndex {
  public: ByGateway;
  /** Exported to its own namespace, by that namespace. */
  private: ReadonlyMap<string, ByGateway>;
  /** Exported to other namespaces, by those. */
  exported: ReadonlyMap<string, ByGateway>;
}

const exportSet = (exportTo: readonly string[] | undefined, of: { defaults: readonly string[]; namespace: string }) =>
  new Set((exportTo?.length ? exportTo : of.defaults).map((e) => (e === '.' ? of.namespace : e)));

/** `translated`: routes of the Gateway API in the same form. */
export function indexVirtualServices(
  configs: readonly Config<VirtualService>[],
  from: { defaultExportTo: readonly string[]; translated: readonly VirtualServiceConfig[] },
  intake: Intake,
): VirtualServiceIndex {
  const visibility = (c: Config<VirtualService>) =>
    exportSet(c.spec.exportTo, { defaults: from.defaultExportTo, namespace: c.namespace });
  // A VirtualService without hosts is a delegate: it takes effect only through its roots.
  const isRoot = (c: Config<VirtualService>) => (c.spec.hosts ?? []).length > 0;
  const delegates = new Map<string, Delegate>(
    configs.filter((c) => !isRoot(c)).map((config) => [keyOf(config), { config, exportTo: visibility(config) }]),
  );
  const roots: VirtualServiceConfig[] = configs.filter(isRoot).map((config) => ({
    ...mergeDelegates(config, delegates, intake),
    exportTo: visibility(config),
    semantics: 'istio',
  }));
  return arrange([...roots, ...from.translated].sort(byCreation));
}

/** Those that a proxy of `namespace` applies at a gateway (VirtualServicesForGateway). */
export function virtualServicesOf(
  index: VirtualServiceIndex,
  namespace: string,
  gateway: string,
): VirtualServiceConfig[] {
  const all = index.public.get(gateway) ?? [];
  // Routes of the Gateway API in the proxy's own namespace go first: the consumer overrides the producer.
  const consumer = (c: VirtualServiceConfig) => c.semantics === 'gateway' && c.namespace === namespace;
  return [
    ...(index.private.get(namespace)?.get(gateway) ?? []),
    ...(index.exported.get(namespace)?.get(gateway) ?? []),
    ...all.filter(consumer),
    ...all.filter((c) => !consumer(c)),
  ];
}

function arrange(configs: readonly VirtualServiceConfig[]): VirtualServiceIndex {
  const everyone = new Map<string, VirtualServiceConfig[]>();
  const own = new Map<string, Map<string, VirtualServiceConfig[]>>();
  const others = new Map<string, Map<string, VirtualServiceConfig[]>>();
  for (const config of configs) {
    const gateways = config.spec.gateways?.length ? config.spec.gateways : ['mesh'];
    if (config.exportTo.has('*')) add(everyone, gateways, config);
    else if (!config.exportTo.has('~'))
      for (const namespace of config.exportTo) {
        const index = namespace === config.namespace ? own : others;
        const byGateway = index.get(namespace) ?? new Map<string, VirtualServiceConfig[]>();
        index.set(namespace, byGateway);
        add(byGateway, gateways, config);
      }
  }
  return { public: everyone, private: own, exported: others };
}

function add(
  index: Map<string, VirtualServiceConfig[]>,
  gateways: readonly string[],
  config: VirtualServiceConfig,
): void {
  for (const gateway of gateways) {
    const list = index.get(gateway);
    if (list) list.push(config);
    else index.set(gateway, [config]);
  }
}
