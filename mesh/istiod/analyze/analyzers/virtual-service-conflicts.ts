import { hostsOverlap } from '../../validate/names.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { fqdnOf, scopesOf, texts } from '../hosts.ts';

/** analyzers/virtualservice/conflictingmeshgatewayhosts.go */
export const virtualServiceConflicts: Analyzer = {
  name: 'virtualservice.ConflictingMeshGatewayHostsAnalyzer',
  description: 'Looks for VirtualServices in the mesh that define the same host',
  inputs: ['VirtualService'],
  analyze(context) {
    const byHost = meshHosts(context);
    const told = new Set<Resource>();
    return [...byHost].flatMap(([scoped, own]) => {
      const all = [...own, ...exportedToAll(scoped, byHost)];
      if (all.length < 2) return [];
      const virtualServices = all
        .map((r) => r.fullName)
        .sort()
        .join(',');
      return all.flatMap((resource): Message[] => {
        if (told.has(resource)) return [];
        told.add(resource);
        const field = resource.spec.get('hosts');
        const args = { virtualServices, host: scoped };
        return [message(codes.ConflictingMeshGatewayVirtualServiceHosts, { resource, field }, args)];
      });
    });
  },
};

/** VirtualServices of sidecars by `scope/host`. */
function meshHosts(context: AnalysisContext): Map<string, Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const resource of context.all('VirtualService')) {
    const { spec, namespace } = resource;
    const gateways = texts(spec.get('gateways'));
    if (gateways.length > 0 && !gateways.includes('mesh')) continue;
    for (const scope of scopesOf(texts(spec.get('exportTo')), namespace)) {
      for (const host of texts(spec.get('hosts'))) {
        const key = `${scope}/${fqdnOf(host, namespace)}`;
        found.set(key, [...(found.get(key) ?? []), resource]);
      }
    }
  }
  return found;
}

/** A host that is exported to one namespace also meets what everybody sees. */
function exportedToAll(scoped: string, byHost: ReadonlyMap<string, Resource[]>): Resource[] {
  const host = scoped.slice(scoped.indexOf('/') + 1);
  if (scoped.startsWith('*/')) return [];
  return [...byHost].flatMap(([other, list]) =>
    other.startsWith('*/') && hostsOverlap(host, other.slice(2)) ? list : [],
  );
}
