import { isObject, type Json, type JsonObject } from '../../../mesh/json.ts';
import type { ProxyEvidence } from '../kind.ts';

/**
 * Envoy writes its admin answers with proto field names (snake_case); the interpreter's and protojson's are lowerCamelCase.
 * Both are read: the name is given in lowerCamelCase.
 */
export function field(value: unknown, name: string): Json | undefined {
  if (!isObject(value)) return undefined;
  return value[name] ?? value[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

/** The value at a path of names. */
export const deep = (value: unknown, ...names: string[]): Json | undefined =>
  names.reduce<Json | undefined>(field, value as Json | undefined);

export const list = (value: unknown, name: string): Json[] => {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
};

export const text = (value: unknown, name: string): string => {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
};

/** Resources of one section of /config_dump, static ones too. Sections are told by their @type's last word. */
function resources(proxy: ProxyEvidence, section: string, lists: { [list: string]: string[] }): JsonObject[] {
  const dumps = list(proxy.configDump, 'configs').filter((c) => text(c, '@type').endsWith(`.${section}`));
  return dumps
    .flatMap((dump) => Object.entries(lists).flatMap(([name, path]) => list(dump, name).map((e) => deep(e, ...path))))
    .filter(isObject);
}

// The sections: envoy/admin/v3/config_dump.proto, config_dump_shared.proto.
export const routeConfigs = (proxy: ProxyEvidence): JsonObject[] =>
  resources(proxy, 'RoutesConfigDump', {
    staticRouteConfigs: ['routeConfig'],
    dynamicRouteConfigs: ['routeConfig'],
  });

export const clusters = (proxy: ProxyEvidence): JsonObject[] =>
  resources(proxy, 'ClustersConfigDump', { staticClusters: ['cluster'], dynamicActiveClusters: ['cluster'] });

export const listeners = (proxy: ProxyEvidence): JsonObject[] =>
  resources(proxy, 'ListenersConfigDump', {
    staticListeners: ['listener'],
    dynamicListeners: ['activeState', 'listener'],
  });
