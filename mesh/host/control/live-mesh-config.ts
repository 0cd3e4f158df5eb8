import { installedMeshConfig, type MeshConfig, parseMeshConfig } from '../../istiod/mesh-config.ts';
import { meshConfigMap, meshTextIn } from '../../istiod/mesh-config-map.ts';
import type { Store } from '../../kube/store.ts';
import type { Problem } from '../../problem.ts';

const object = 'ConfigMap istio-system/istio';

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
    const text = meshTextIn(this.#store.get(meshConfigMap));
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
