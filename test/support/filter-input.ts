import { contextOf, type ProxyContext } from '../../mesh/istiod/xds/context.ts';
import type { HttpFilterBuilder, HttpFilterInput } from '../../mesh/istiod/xds/filter/filter.ts';
import { isObject, type JsonObject } from '../../mesh/json.ts';
import { meshOf, shop } from './istiod-mesh.ts';

/** The mesh of a row in a table of filters: what a filter may depend on beside its input. */
export interface FilterMesh {
  /** YAML documents beside the shop. */
  objects?: string;
  mesh?: JsonObject;
}

/** The context of `web-v1` in the shop. */
export function filterContext({ objects = '', mesh = {} }: FilterMesh = {}): ProxyContext {
  const { snapshot, proxy } = meshOf(objects ? `${shop}\n---\n${objects}` : shop, { mesh });
  return contextOf(snapshot, proxy);
}

export type FilterRow = FilterMesh & Partial<Omit<HttpFilterInput, 'context'>>;

export const filterInput = ({ objects, mesh, ...input }: FilterRow): HttpFilterInput => ({
  context: filterContext({ ...(objects === undefined ? {} : { objects }), ...(mesh === undefined ? {} : { mesh }) }),
  direction: 'outbound',
  protocol: 'HTTP',
  ...input,
});

/** `name` → configuration without its type and what is undefined, of each filter that the builder gives. */
export const filtersOf = (build: HttpFilterBuilder, row: FilterRow): JsonObject[] => shown(build(filterInput(row)));

export const shown = (filters: readonly JsonObject[]): JsonObject[] =>
  (JSON.parse(JSON.stringify(filters)) as JsonObject[]).map(({ name, typedConfig, ...rest }) => {
    if (!isObject(typedConfig)) return { [String(name)]: rest };
    const { '@type': _, typeUrl: __, ...fields } = typedConfig;
    return { [String(name)]: fields };
  });
