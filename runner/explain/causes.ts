import type { Origin, XdsConfig } from '../../mesh/istiod/xds/types.ts';
import type { Cause, Locate } from './explanation.ts';

/** Finds what caused parts of one proxy's configuration. */
export class Causes {
  readonly config: XdsConfig | undefined;
  readonly #locate: Locate;

  constructor(config: XdsConfig | undefined, locate: Locate) {
    this.config = config;
    this.#locate = locate;
  }

  /** Of exactly these parts; a part without a cause adds none. */
  of(...pointers: string[]): Cause[] {
    return this.#unique(pointers.flatMap((pointer) => this.#within(pointer).get(pointer) ?? []));
  }

  /** Of a part and everything in it, of one kind of object if one is named. */
  within(pointer: string, kind?: string): Cause[] {
    const found = [...this.#within(pointer).values()];
    return this.#unique(found.filter((o) => kind === undefined || o.kind === kind));
  }

  /** Of a part, else of the nearest part around it. */
  around(pointer: string): Cause[] {
    for (let at = pointer; at.split('/').length > 2; at = at.slice(0, at.lastIndexOf('/'))) {
      const found = this.of(at);
      if (found.length > 0) return found;
    }
    return [];
  }

  #within(pointer: string): ReadonlyMap<string, Origin> {
    const { config } = this;
    if (config?.originsWithin) return config.originsWithin(pointer);
    const all = [...(config?.origins ?? [])];
    return new Map(all.filter(([at]) => at === pointer || at.startsWith(`${pointer}/`)));
  }

  #unique(origins: readonly Origin[]): Cause[] {
    const keyed = origins.map((o) => [`${o.kind} ${o.namespace}/${o.name} ${o.field ?? ''}`, o] as const);
    return [...new Map(keyed).values()].map(this.#locate);
  }
}
