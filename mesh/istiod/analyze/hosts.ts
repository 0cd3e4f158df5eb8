import type { Field } from '../../kube/schema/field.ts';
import type { Labels } from '../model/labels.ts';
import type { AnalysisContext } from './context.ts';
import { labelsOf } from './selector.ts';

/** A service that a host name leads to; `selector` only of a ServiceEntry. */
export interface Destination {
  ports: number[];
  selector: Labels;
}
/** By `scope/host`; the scope is a namespace or `*`. */
export type Destinations = ReadonlyMap<string, Destination>;

/** analyzers/util/hosts.go, ConvertHostToFQDN. */
export const fqdnOf = (host: string, namespace: string): string =>
  host.startsWith('*') || host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;

/** The `namespace/name` that a host means (GetResourceNameFromHost): an outside name stands for itself. */
export function serviceNameOf(host: string, namespace: string): string {
  const [, name, ns] = /^(.+)\.(.+)\.svc\.cluster\.local$/.exec(host) ?? [];
  return name && ns ? `${ns}/${name}` : `${namespace}/${host}`;
}

/** Whom an exportTo reaches: `.` is the own namespace, nothing is everybody. */
export function scopesOf(exportTo: readonly string[], namespace: string): string[] {
  if (exportTo.length === 0 || exportTo.includes('*')) return ['*'];
  return [...new Set(exportTo.map((scope) => (scope === '.' ? namespace : scope)))];
}

export const texts = (list: Field): string[] => list.items().map((item) => item.text);

/** Every host that ServiceEntries and Services have (analyzers/util/service_lookup.go). */
export function destinationsOf(context: AnalysisContext): Destinations {
  const found = new Map<string, Destination>();
  for (const { spec, namespace } of context.all('ServiceEntry')) {
    const ports = spec.select('ports[].number').map((port) => port.number);
    const destination = { ports, selector: labelsOf(spec.at('workloadSelector', 'labels')) };
    for (const scope of scopesOf(texts(spec.get('exportTo')), namespace)) {
      for (const host of texts(spec.get('hosts'))) found.set(`${scope}/${fqdnOf(host, namespace)}`, destination);
    }
  }
  for (const { spec, namespace, name, annotations } of context.all('Service')) {
    const ports = spec.select('ports[].port').map((port) => port.number);
    const exportTo = (annotations['networking.istio.io/exportTo'] ?? '').split(',').map((scope) => scope.trim());
    for (const scope of scopesOf(exportTo.filter(Boolean), namespace)) {
      found.set(`${scope}/${fqdnOf(name, namespace)}`, { ports, selector: {} });
    }
  }
  return found;
}

/** Where a host leads to from a namespace; exact names before wildcards (GetDestinationHost). */
export function destinationOf(
  host: string,
  from: { namespace: string; exportTo: readonly string[] },
  known: Destinations,
): Destination | undefined {
  const fqdn = fqdnOf(host, from.namespace);
  const scopes = from.exportTo.length === 0 ? ['.'] : from.exportTo;
  const exact = ['*', ...scopes.map((scope) => (scope === '.' ? from.namespace : scope))]
    .map((scope) => known.get(`${scope}/${fqdn}`))
    .find((destination) => destination !== undefined);
  if (exact) return exact;
  for (const [key, destination] of known) {
    const slash = key.indexOf('/');
    const [scope, name] = [key.slice(0, slash), key.slice(slash + 1)];
    const visible = scope === '*' || scope === from.namespace;
    if (visible && name.startsWith('*') && host.replace(/^\*/, '').endsWith(name.slice(1))) return destination;
  }
  return undefined;
}
