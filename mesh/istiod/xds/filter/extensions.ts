import type { JsonObject } from '../../../json.ts';
import type { ExtensionConfig } from '../../ingest/traffic-extension.ts';
import { originOf } from '../../model/config.ts';
import { isOfMode } from '../../model/telemetry.ts';
import type { ExtensionPhase } from '../../model/traffic-extension.ts';
import { ads, typed } from '../any.ts';
import { originOfSpec, type ProxyContext } from '../context.ts';
import { modeOf } from '../telemetry/applicable.ts';
import type { HttpFilterBuilder, TrafficDirection } from './filter.ts';

/** The TrafficExtensions and WasmPlugins of a proxy. */
export const extensionsOf = ({ snapshot, proxy }: ProxyContext): readonly ExtensionConfig[] =>
  snapshot.extensions.ofWorkload(proxy.namespace, proxy.labels);

/** For whom a listener or filter is. */
export interface ExtensionPoint {
  direction: TrafficDirection;
  port: number;
}

const applies = ({ spec }: ExtensionConfig, { direction, port }: ExtensionPoint): boolean => {
  const { match = [] } = spec;
  const portFits = (ports: readonly { number?: number }[] = []) =>
    ports.length === 0 || ports.some((p) => p.number && p.number === port);
  return match.length === 0 || match.some((m) => isOfMode({ match: m }, modeOf(direction)) && portFits(m.ports));
};

const at = (context: ProxyContext, point: ExtensionPoint, of: Pick<ExtensionConfig, 'phase' | 'protocol'>) =>
  extensionsOf(context).filter((e) => e.phase === of.phase && e.protocol === of.protocol && applies(e, point));

/** HTTP filters of one phase. Lua stands in the chain, WebAssembly is fetched (istio networking/core/extension/extensionfilter.go). */
export const extensionFilters =
  (phase: ExtensionPhase): HttpFilterBuilder =>
  ({ context, direction, port = 0 }) =>
    at(context, { direction, port }, { phase, protocol: 'HTTP' }).map((extension) => {
      const filter = extension.spec.lua ? lua(extension) : discovered(extension, 'http');
      context.origins.mark(filter, originOfSpec(context, extension.spec) ?? originOf(extension));
      return filter;
    });

/** Network filters of some phases, in the order of the phases. */
export const networkExtensions = (
  context: ProxyContext,
  point: ExtensionPoint,
  phases: readonly ExtensionPhase[] = ['AUTHN', 'AUTHZ', 'STATS', 'UNSPECIFIED_PHASE'],
): JsonObject[] =>
  phases.flatMap((phase) =>
    at(context, point, { phase, protocol: 'NETWORK' }).map((extension) => {
      const filter = discovered(extension, 'network');
      context.origins.mark(filter, originOfSpec(context, extension.spec) ?? originOf(extension));
      return filter;
    }),
  );

const lua = ({ resourceName, spec }: ExtensionConfig): JsonObject => ({
  name: resourceName,
  typedConfig: typed('envoy.extensions.filters.http.lua.v3.Lua', {
    defaultSourceCode: { inlineString: spec.lua?.inlineCode },
  }),
});

/** Where WebAssembly cannot be fetched, an RBAC filter takes its place. */
const discovered = ({ resourceName }: ExtensionConfig, level: 'http' | 'network'): JsonObject => ({
  configDiscovery: {
    configSource: ads,
    typeUrls: ['wasm.v3.Wasm', 'rbac.v3.RBAC'].map((t) => `type.googleapis.com/envoy.extensions.filters.${level}.${t}`),
  },
  name: resourceName,
});
