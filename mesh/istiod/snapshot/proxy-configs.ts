import { parse } from 'yaml';
import { isObject, type JsonObject } from '../../json.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { byCreation, type Config } from '../model/config.ts';
import { type Labels, subsetOf } from '../model/labels.ts';
import { asProxyConfig, mergeProxyConfig, type ProxyConfigObject } from '../model/proxy-config.ts';

export const PROXY_CONFIG_ANNOTATION = 'proxy.istio.io/config';

/** A pod, or what will be one. */
export interface ConfiguredWorkload {
  namespace: string;
  labels: Labels;
  annotations: Labels;
}

export interface ProxyConfigIndex {
  /** What holds for a workload that is injected now; that of a pod was settled when it was injected. */
  effective(of: ConfiguredWorkload): JsonObject;
}

/**
 * EffectiveProxyConfig in istio pilot/pkg/model/proxy_config.go: the mesh's default, the object of the root namespace, that of the
 * namespace, the pod's annotation, the object that selects the pod; of several the oldest. Each goes over those before.
 */
export function indexProxyConfigs(
  configs: readonly Config<ProxyConfigObject>[],
  mesh: Pick<MeshConfig, 'raw' | 'rootNamespace'>,
): ProxyConfigIndex {
  const sorted = [...configs].sort(byCreation);
  const wide = (namespace: string) => sorted.find((c) => c.namespace === namespace && !c.spec.selector);
  const selecting = ({ namespace, labels }: ConfiguredWorkload) =>
    sorted.find((c) => {
      const wanted = c.spec.selector?.matchLabels ?? {};
      return c.namespace === namespace && Object.keys(wanted).length > 0 && subsetOf(wanted, labels);
    });
  return {
    effective(of) {
      const objects = [...new Set([mesh.rootNamespace, of.namespace])].map(wide);
      const layers = [...objects.map((c) => c && asProxyConfig(c.spec)), annotated(of.annotations)];
      const own = selecting(of);
      return [...layers, own && asProxyConfig(own.spec)]
        .filter((layer) => layer !== undefined)
        .reduce(mergeProxyConfig, isObject(mesh.raw.defaultConfig) ? mesh.raw.defaultConfig : {});
    },
  };
}

/** The annotation; one that cannot be read is as none, and is refused where annotations are analyzed. */
export function annotated(annotations: Labels): JsonObject | undefined {
  try {
    const value: unknown = parse(annotations[PROXY_CONFIG_ANNOTATION] ?? '', { logLevel: 'error' });
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
