import type { KindRef } from './objects.ts';

/** One served kind: what discovery tells about it, and what the store must know to write it. */
export interface KindInfo extends KindRef {
  /** The version objects are stored in, e.g. `networking.istio.io/v1`. */
  apiVersion: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: readonly string[];
  namespaced: boolean;
  /** Further apiVersions that serve the same objects (CRD conversion strategy None), e.g. `networking.istio.io/v1beta1`. */
  alsoServed?: readonly string[];
  /** Groups for `kubectl get all`, e.g. `all`, `istio-io`. */
  categories?: readonly string[];
  /** Has a /status subresource: main writes leave .status alone, status writes leave the rest alone. */
  status?: boolean;
  /** Has a /scale subresource (spec.replicas, status.replicas, spec.selector). */
  scale?: boolean;
  /** Defined by a CRD: no strategic merge patch (415), lists are atomic for server-side apply unless listed in list-shapes. */
  custom?: boolean;
}

/** The kinds a store serves. Asked at every call, so kinds may come later (CRDs). */
export interface KindTable {
  /** Finds by any served apiVersion. */
  find(ref: KindRef): KindInfo | undefined;
  all(): readonly KindInfo[];
}

/** A fixed table. */
export function kindTable(kinds: readonly KindInfo[]): KindTable {
  const byRef = new Map<string, KindInfo>();
  for (const info of kinds) {
    for (const apiVersion of [info.apiVersion, ...(info.alsoServed ?? [])])
      byRef.set(`${apiVersion}/${info.kind}`, info);
  }
  return {
    find: (ref) => byRef.get(`${ref.apiVersion}/${ref.kind}`),
    all: () => kinds,
  };
}

/** `apps` of `apps/v1`; empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/** How Kubernetes names a resource in messages: `pods`, `deployments.apps`. */
export const resourceOf = (info: KindInfo): string => {
  const group = groupOf(info.apiVersion);
  return group === '' ? info.plural : `${info.plural}.${group}`;
};
