import type { EnvoyFilterConfig, Patch } from '../ingest/envoy-filter.ts';
import { byCreation, compareText } from '../model/config.ts';
import type { Proxy as MeshProxy } from '../proxy.ts';
import type { Messages } from '../xds/proto/message.ts';
import { attaches } from './policies.ts';

/** EnvoyFilters by who gets them. */
export interface EnvoyFilterIndex {
  /** The messages that patches are made of. */
  messages: Messages;
  /** The patches of a proxy in the order in which they are applied. */
  patchesFor(proxy: MeshProxy): readonly Patch[];
}

/** PushContext.EnvoyFilters in istio pilot/pkg/model/push_context.go: by priority, then those of the root namespace, then by age. */
export function indexEnvoyFilters(
  configs: readonly EnvoyFilterConfig[],
  { rootNamespace, messages }: { rootNamespace: string; messages: Messages },
): EnvoyFilterIndex {
  const order = (a: EnvoyFilterConfig, b: EnvoyFilterConfig) =>
    (a.spec.priority ?? 0) - (b.spec.priority ?? 0) ||
    Number(b.namespace === rootNamespace) - Number(a.namespace === rootNamespace) ||
    a.created - b.created ||
    compareText(`${a.name}.${a.namespace}`, `${b.name}.${b.namespace}`);
  const sorted = [...configs].sort(byCreation).sort(order);
  return {
    messages,
    patchesFor: (proxy) =>
      sorted
        .filter((c) => c.namespace === rootNamespace || c.namespace === proxy.namespace)
        .filter((c) => attaches({ ...c, spec: selection(c) }, proxy))
        .flatMap(({ patches }) => patches.filter((patch) => isFor(patch, proxy))),
  };
}

const selection = ({ spec }: EnvoyFilterConfig) => ({
  targetRefs: spec.targetRefs,
  selector: spec.workloadSelector && { matchLabels: spec.workloadSelector.labels },
});

/** proxyMatch in istio pilot/pkg/model/envoyfilter.go. */
function isFor({ match, version }: Patch, { metadata }: MeshProxy): boolean {
  const announced = metadata.ISTIO_VERSION;
  if (version && !(typeof announced === 'string' && announced !== '' && version.test(announced))) return false;
  return Object.entries(match.proxy?.metadata ?? {}).every(([key, value]) => metadata[key] === value);
}
