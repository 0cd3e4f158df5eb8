import type { KubeObject } from '../../kube/objects.ts';
import type { Origin } from '../xds/types.ts';
import type { Labels } from './labels.ts';

/** An Istio configuration object with its spec read into a known shape. */
export interface Config<Spec> {
  kind: string;
  namespace: string;
  name: string;
  /** Milliseconds since 1970; 0 when the object has no creationTimestamp. */
  created: number;
  labels: Labels;
  annotations: Labels;
  uid?: string;
  spec: Spec;
}

export const key = (namespace: string, name: string): string => `${namespace}/${name}`;
export const keyOf = (c: { namespace: string; name: string }): string => key(c.namespace, c.name);

/** Oldest first; name, then namespace, where the second is the same (configCompareByCreationTime). */
export function byCreation(a: Named, b: Named): number {
  return a.created - b.created || compareText(a.name, b.name) || compareText(a.namespace, b.namespace);
}
type Named = { created: number; name: string; namespace: string };

/** Byte order, as Go's strings.Compare; localeCompare would sort by the reader's language. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const createdOf = (object: KubeObject): number => {
  const time = Date.parse(object.metadata.creationTimestamp ?? '');
  return Number.isNaN(time) ? 0 : time;
};

export const originOf = (c: { kind: string; namespace: string; name: string }, field?: string): Origin => ({
  kind: c.kind,
  namespace: c.namespace,
  name: c.name,
  ...(field === undefined ? {} : { field }),
});
