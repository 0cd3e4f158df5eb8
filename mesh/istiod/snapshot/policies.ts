import type { PolicyTarget } from '../model/authorization-policy.ts';
import { byCreation, type Config } from '../model/config.ts';
import { type Labels, subsetOf } from '../model/labels.ts';

/** How policies of the security API say whom they are for. */
export interface Attached {
  selector?: { matchLabels?: Labels };
  targetRef?: PolicyTarget;
  targetRefs?: readonly PolicyTarget[];
}

export interface PolicyIndex<Spec> {
  /** Oldest first. */
  readonly all: readonly Config<Spec>[];
  /** What holds for a workload: policies of the root namespace and those of its own, each oldest first. */
  ofWorkload(namespace: string, labels: Labels): readonly Config<Spec>[];
}

/** Policies by namespace (ListAuthorizationPolicies: root first; getConfigsForWorkload of authentication.go: own first; both in istio pilot/pkg/model). */
export function indexPolicies<Spec extends Attached>(
  configs: readonly Config<Spec>[],
  rootNamespace: string,
  first: 'root' | 'own' = 'root',
): PolicyIndex<Spec> {
  const byNamespace = new Map<string, Config<Spec>[]>();
  const all = [...configs].sort(byCreation);
  for (const config of all) {
    const list = byNamespace.get(config.namespace);
    if (list) list.push(config);
    else byNamespace.set(config.namespace, [config]);
  }
  return {
    all,
    ofWorkload: (namespace, labels) =>
      [...new Set(first === 'root' ? [rootNamespace, namespace] : [namespace, rootNamespace])].flatMap((ns) =>
        (byNamespace.get(ns) ?? []).filter((config) => attaches(config, { namespace, labels })),
      ),
  };
}

/** ShouldAttachPolicy in istio pilot/pkg/model/policyattachment.go; those of services are for waypoints. */
export function attaches(config: Config<Attached>, workload: { namespace: string; labels: Labels }): boolean {
  const { selector, targetRef, targetRefs } = config.spec;
  const targets = targetRefs?.length ? targetRefs : targetRef ? [targetRef] : [];
  if (targets.length === 0) return subsetOf(selector?.matchLabels, workload.labels);
  const gateway = workload.labels['gateway.networking.k8s.io/gateway-name'];
  return targets.some(
    (target) =>
      gateway !== undefined &&
      config.namespace === workload.namespace &&
      (target.namespace ?? workload.namespace) === workload.namespace &&
      target.group === 'gateway.networking.k8s.io' &&
      target.kind === 'Gateway' &&
      target.name === gateway,
  );
}
