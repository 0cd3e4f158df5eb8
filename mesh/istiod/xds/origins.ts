import type { JsonObject } from '../../json.ts';
import type { Origin } from './types.ts';

/** Parts of the configuration and the objects that caused them; kept by identity until pointers are asked for. */
export class Origins {
  readonly #ofNode = new WeakMap<object, Origin>();
  readonly #ofField = new WeakMap<object, Map<string, Origin>>();
  readonly #otherwise: Otherwise;

  /** `otherwise` is asked for fields that nothing was noted for. */
  constructor(otherwise: Otherwise = () => undefined) {
    this.#otherwise = otherwise;
  }

  /** Notes what caused `node`, or one `field` of it. Nothing is noted for an unknown cause. */
  mark(node: object | undefined, origin: Origin | undefined, field?: string): void {
    if (!node || !origin) return;
    if (field === undefined) {
      this.#ofNode.set(node, origin);
      return;
    }
    const fields = this.#ofField.get(node) ?? new Map<string, Origin>();
    fields.set(field, origin);
    this.#ofField.set(node, fields);
  }

  /** A changed copy, which has the causes of what it was made from. */
  copied<Node extends object>(from: object, to: Node): Node {
    this.mark(to, this.#ofNode.get(from));
    for (const [field, origin] of this.#ofField.get(from) ?? []) this.mark(to, origin, field);
    return to;
  }

  /**
   * JSON pointers into `root` → causes, of what is at `pointer` ('' is everything) and of what is in it. Walks only that, and only when
   * somebody looks.
   */
  within(root: Written, pointer: string): Map<string, Origin> {
    let value: unknown = root;
    let named: Origin | undefined;
    let at = '';
    for (const part of pointer.split('/').slice(1)) {
      if (typeof value !== 'object' || value === null) return new Map();
      const name = unescapePart(part);
      at += `/${part}`;
      named = this.#ofField.get(value)?.get(name) ?? this.#otherwise({ holder: value, name, at });
      value = (value as { [field: string]: unknown })[name];
    }
    const out = new Map<string, Origin>(named && [[pointer, named]]);
    this.#visit(value, pointer, out);
    return out;
  }

  #visit(value: unknown, path: string, out: Map<string, Origin>): void {
    if (typeof value !== 'object' || value === null) return;
    const own = this.#ofNode.get(value);
    if (own) out.set(path, own);
    for (const [field, origin] of this.#ofField.get(value) ?? []) out.set(`${path}/${escapePart(field)}`, origin);
    if (Array.isArray(value)) for (const [i, item] of value.entries()) this.#visit(item, `${path}/${i}`, out);
    else for (const [name, item] of Object.entries(value)) this.#visitField({ holder: value, name, path }, item, out);
  }

  #visitField(of: { holder: object; name: string; path: string }, item: unknown, out: Map<string, Origin>): void {
    const at = `${of.path}/${escapePart(of.name)}`;
    this.#visit(item, at, out);
    if (out.has(at)) return;
    const origin = this.#otherwise({ holder: of.holder, name: of.name, at });
    if (origin) out.set(at, origin);
  }
}

/** A field of the configuration at a JSON pointer. */
export interface FieldAt {
  holder: object;
  name: string;
  at: string;
}
export type Otherwise = (field: FieldAt) => Origin | undefined;

/** Gives a configuration its `originsWithin`, which is a way to ask and so not among what is compared and written. */
export const asked = <Config extends object>(
  config: Config,
  originsWithin: (pointer: string) => ReadonlyMap<string, Origin>,
): Config => Object.defineProperty(config, 'originsWithin', { value: originsWithin });

/** Resources by the names of XdsConfig's lists. */
export interface Written {
  [field: string]: readonly JsonObject[];
}

/** RFC 6901. */
const escapePart = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
const unescapePart = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');
