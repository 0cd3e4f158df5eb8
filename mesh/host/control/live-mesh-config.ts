import { installedMeshConfig, type MeshConfig, parseMeshConfig } from '../../istiod/mesh-config.ts';
import { isObject, type Json } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Store } from '../../kube/store.ts';
import type { Problem } from '../../problem.ts';

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'istio-system', name: 'istio' };
const object = 'ConfigMap istio-system/istio';

export const isMeshConfigMap = ({ kind, apiVersion, metadata }: KubeObject): boolean =>
  kind === configMap.kind &&
  apiVersion === configMap.apiVersion &&
  metadata.namespace === configMap.namespace &&
  metadata.name === configMap.name;

/**
 * The mesh config as it is now: that of the ConfigMap `istio` in istio-system (key `mesh`) over the defaults, else the one given
 * (istio pkg/config/mesh/kubemesh/watcher.go). A text that is not YAML changes nothing but `problems`.
 */
export class LiveMeshConfig {
  readonly #store: Pick<Store, 'get'>;
  readonly #given: MeshConfig;
  #current: { text: string | undefined; config: MeshConfig; problems: readonly Problem[] };

  constructor(store: Pick<Store, 'get'>, given: MeshConfig) {
    this.#store = store;
    this.#given = given;
    this.#current = { text: undefined, config: given, problems: [] };
  }

  /** The same object for as long as nothing has changed. */
  get config(): MeshConfig {
    return this.#read().config;
  }

  get problems(): readonly Problem[] {
    return this.#read().problems;
  }

  #read() {
    const data = this.#store.get(configMap)?.data as Json | undefined;
    const text = isObject(data) && typeof data.mesh === 'string' ? data.mesh : undefined;
    if (text !== this.#current.text) this.#current = { text, ...this.#parsed(text) };
    return this.#current;
  }

  #parsed(text: string | undefined): { config: MeshConfig; problems: Problem[] } {
    if (text === undefined) return { config: this.#given, problems: [] };
    const problems: Problem[] = [];
    const overrides = parseMeshConfig(text, problems);
    const config = problems.length > 0 ? this.#current.config : installedMeshConfig(overrides, problems);
    return { config, problems: problems.map((problem) => ({ ...problem, where: { object } })) };
  }
}
