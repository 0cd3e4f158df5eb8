import type { JsonObject } from '../../json.ts';
import { forbidden, notFound } from '../errors.ts';
import type { KindInfo } from '../kind-info.ts';
import { now } from '../naming.ts';
import type { KubeObject } from '../objects.ts';
import { type Core, type Found, withMeta } from './core.ts';

const namespaceKind = { apiVersion: 'v1', kind: 'Namespace' };

/** Present in every cluster; the first three may not be deleted (kubernetes.io, NamespaceLifecycle admission). */
export const firstNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const immortal = ['default', 'kube-system', 'kube-public'];

export const isNamespace = ({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean =>
  apiVersion === namespaceKind.apiVersion && kind === namespaceKind.kind;

/** A namespaced object needs its namespace, and one that is not being deleted. Throws ApiError 404, 403. */
export function refuseWithoutNamespace(core: Core, info: KindInfo, { metadata }: KubeObject): void {
  const kind = core.options.kinds.find(namespaceKind);
  const name = metadata.namespace;
  if (!info.namespaced || kind === undefined || name === undefined) return;
  const namespace = core.tables.get(kind, '', name);
  if (namespace === undefined) throw notFound(kind, name);
  if (namespace.metadata.deletionTimestamp === undefined) return;
  throw forbidden(info, metadata.name, {
    message: `unable to create new content in namespace ${name} because it is being terminated`,
    causes: [{ field: 'metadata.namespace', message: `namespace ${name} is being terminated` }],
  });
}

/** What every namespace carries: its name as a label (for selectors), the finalizer of the namespace controller, a phase. */
export function withNamespaceDefaults(object: KubeObject): KubeObject {
  const { name, labels } = object.metadata;
  const spec: JsonObject = { finalizers: ['kubernetes'], ...object.spec };
  const labelled = withMeta(object, { labels: { ...labels, 'kubernetes.io/metadata.name': name } });
  return { ...labelled, spec, status: { phase: 'Active', ...object.status } };
}

/** The namespace as it stands while its contents go. Throws ApiError 403 for those that may not be deleted. */
export function terminating(core: Core, { info, object }: Found): KubeObject {
  const { name, deletionTimestamp, finalizers } = object.metadata;
  if (immortal.includes(name)) throw forbidden(info, name, { message: 'this namespace may not be deleted' });
  const marked = withMeta(object, { finalizers, deletionTimestamp: deletionTimestamp ?? now(core.options.clock) });
  return { ...marked, status: { ...object.status, phase: 'Terminating' } };
}

/** The namespace of this name when it is being deleted and nothing is left in it. */
export function emptied(core: Core, name: string): Found | undefined {
  const info = core.options.kinds.find(namespaceKind);
  const object = info && core.tables.get(info, '', name);
  if (info === undefined || object?.metadata.deletionTimestamp === undefined) return undefined;
  const held = (object.metadata.finalizers ?? []).length > 0 || core.tables.inNamespace(name).length > 0;
  return held ? undefined : { info, object };
}
