import { isObject, type JsonObject, objects } from '../../json.ts';
import { compareText, originOf } from '../model/config.ts';
import { originOfSpec, type ProxyContext } from './context.ts';
import { extensionsOf } from './filter/extensions.ts';
import { patcherOf } from './patch/patcher-of.ts';
import { wasmConfig } from './wasm.ts';

/** Configurations of filters that listeners fetch, by name: those that EnvoyFilters add, and WebAssembly (ECDS). */
export function buildExtensions(context: ProxyContext, listeners: readonly JsonObject[]): JsonObject[] {
  const names = extensionNames(listeners);
  if (names.size === 0) return [];
  const patcher = patcherOf(context);
  const added = (patcher?.all('EXTENSION_CONFIG') ?? [])
    .filter((patch) => patch.operation === 'ADD' && names.has(String(patch.value?.name)))
    .map((patch) => patcher?.inserted(patch) ?? {});
  const wasm = extensionsOf(context)
    .filter((extension) => extension.spec.wasm && names.has(extension.resourceName))
    .map((extension) => {
      const config = wasmConfig(extension);
      context.origins.mark(config, originOfSpec(context, extension.spec) ?? originOf(extension));
      return config;
    });
  return [...added, ...wasm].sort((a, b) => compareText(String(a.name), String(b.name)));
}

/** Names of the extensions that filters of these listeners fetch. */
export function extensionNames(listeners: readonly JsonObject[]): Set<string> {
  const names = new Set<string>();
  const visit = (filter: JsonObject) => {
    if (isObject(filter.configDiscovery)) names.add(String(filter.name));
    if (isObject(filter.typedConfig)) objects(filter.typedConfig.httpFilters).forEach(visit);
  };
  for (const listener of listeners) {
    objects(listener.listenerFilters).forEach(visit);
    for (const chain of [...objects(listener.filterChains), ...objects([listener.defaultFilterChain])])
      objects(chain.filters).forEach(visit);
  }
  return names;
}
