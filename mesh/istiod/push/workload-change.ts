import type { Proxy as MeshProxy } from '../proxy.ts';
import type { ProxyContext } from '../xds/context.ts';
import type { Equal } from './equal.ts';
import type { Reason } from './parts.ts';

/** An index of objects that select workloads, in one of the two ways in which it is asked. */
type ByWorkload =
  | { ofWorkload(namespace: string, labels: MeshProxy['labels']): unknown }
  | { patchesFor(proxy: MeshProxy): unknown };

export const isByWorkload = (index: unknown): index is ByWorkload =>
  typeof index === 'object' && index !== null && ('ofWorkload' in index || 'patchesFor' in index);

const ask = (index: ByWorkload, { proxy }: ProxyContext): unknown =>
  'ofWorkload' in index ? index.ofWorkload(proxy.namespace, proxy.labels) : index.patchesFor(proxy);

/** What the policies of an index concern; those of others concern everything. */
const reasons: { readonly [field: string]: Reason } = {
  authn: 'ownMtls',
  authorization: 'authorization',
  requestAuthentication: 'requestAuthentication',
};

/**
 * Asks what holds for the workload, before and after. istiod pushes to all proxies of a policy's namespace, or to all there are
 * where it stands in the root namespace (clusterScopedKnownConfigTypes in istio pilot/pkg/model/sidecar.go).
 */
export function workloadReasons(before: ProxyContext, after: ProxyContext, equal: Equal): Reason[] {
  const old = new Map<string, unknown>(Object.entries(before.snapshot));
  return Object.entries(after.snapshot).flatMap(([field, now]) => {
    const was = old.get(field);
    if (was === now || !isByWorkload(was) || !isByWorkload(now)) return [];
    const same = equal(ask(was, before), ask(now, after));
    return same ? [] : [reasons[field] ?? 'everything'];
  });
}
