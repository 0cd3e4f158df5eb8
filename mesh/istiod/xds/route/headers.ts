import type { Json, JsonObject } from '../../../json.ts';
import { compareText } from '../../model/config.ts';
import type { Headers } from '../../model/virtual-service.ts';
import { some } from '../any.ts';

/** Changes to headers as fields of a route or of a weighted cluster; `authority` is the host to rewrite to. */
export interface HeaderOperations {
  fields: { [field: string]: Json[] | undefined };
  authority: string;
}

const isInternal = (name: string): boolean => name.startsWith(':') || name.toLowerCase() === 'host';
const isAuthority = (name: string): boolean => [':authority', 'host'].includes(name.toLowerCase());

function additions(headers: { [name: string]: string } | undefined, overwrite: boolean): JsonObject[] {
  return Object.entries(headers ?? {})
    .filter(([name]) => !isInternal(name))
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => ({
      // APPEND_IF_EXISTS_OR_ADD is the default of the enumeration, so protojson leaves it out.
      appendAction: overwrite ? 'OVERWRITE_IF_EXISTS_OR_ADD' : undefined,
      header: { key: name, value: value || undefined },
    }));
}

const authorityOf = (headers: { [name: string]: string } | undefined): string =>
  Object.entries(headers ?? {}).find(([name]) => isAuthority(name))?.[1] ?? '';

/** TranslateHeadersOperations in istio pilot/pkg/networking/core/route/route.go. */
export function headerOperations(headers: Headers | undefined): HeaderOperations {
  const { request, response } = headers ?? {};
  const removable = (names: string[] | undefined) => some((names ?? []).filter((n) => !isInternal(n)));
  return {
    fields: {
      requestHeadersToAdd: some([...additions(request?.set, true), ...additions(request?.add, false)]),
      requestHeadersToRemove: removable(request?.remove),
      responseHeadersToAdd: some([...additions(response?.set, true), ...additions(response?.add, false)]),
      responseHeadersToRemove: removable(response?.remove),
    },
    authority: authorityOf(request?.set) || authorityOf(request?.add),
  };
}

/** The operations of a route's only destination follow its own. */
export function mergeOperations(
  own: HeaderOperations['fields'],
  leg: HeaderOperations['fields'],
): HeaderOperations['fields'] {
  return Object.fromEntries(Object.keys(own).map((f) => [f, some([...(own[f] ?? []), ...(leg[f] ?? [])])]));
}
