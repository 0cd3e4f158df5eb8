import type { Pod } from '../../kube/kinds/pod.ts';
import type { KubeObject } from '../../kube/objects.ts';

type Labels = { readonly [key: string]: string };

/** The revision that a default install has. */
export const revision = 'default';

/** Namespaces that are never looked at (pkg/kube/inject/initializer.go, IgnoredNamespaces). */
const ignored = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage']);

/**
 * Whether a pod gets a sidecar: first one of the four webhooks must select it by labels of the namespace and the pod
 * (manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml), then the pod itself may not be
 * excluded (pkg/kube/inject/inject.go, injectRequired, policy enabled).
 */
export function injectRequired(pod: Pod, namespace: KubeObject | undefined): boolean {
  const name = namespace?.metadata.name ?? pod.metadata.namespace ?? '';
  if (!isSelected(namespace?.metadata.labels ?? {}, pod.metadata.labels ?? {})) return false;
  if (pod.spec?.hostNetwork || ignored.has(name)) return false;
  const { labels = {}, annotations = {} } = pod.metadata;
  // The label is the newer form and wins; other values than true and false mean the policy, which is on.
  const wish = labels[injectKey] ?? annotations[injectKey];
  return wish !== 'false';
}

const injectKey = 'sidecar.istio.io/inject';
const revisionKey = 'istio.io/rev';

function isSelected(namespace: Labels, pod: Labels): boolean {
  if (pod[injectKey] === 'false') return false;
  // istio-injection has precedence over istio.io/rev, and a labelled namespace over the pod's own labels.
  if (namespace['istio-injection'] !== undefined) return namespace['istio-injection'] === 'enabled';
  if (namespace[revisionKey] !== undefined) return namespace[revisionKey] === revision;
  if (pod[revisionKey] !== undefined) return pod[revisionKey] === revision;
  return pod[injectKey] === 'true';
}
