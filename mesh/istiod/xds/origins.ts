import type { JsonObject } from '../../json.ts';
import type { Origin } from './types.ts';

/** Parts of the configuration and the objects that caused them; kept by identity until pointers are asked for. */
export class Origins {
  readonly #ofNode = new WeakMap<object, Origin>();
  readonly #ofField = new WeakMap<object, Map<string, Origin>>();

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

  /** JSON pointers into `root` → causes. Walks the whole configuration, so it is done only when somebody looks. */
  pointers(root: { [field: string]: JsonObject[] }): Map<string, Origin> {
    const out = new Map<string, Origin>();
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const own = this.#ofNode.get(value);
      if (own) out.set(path, own);
      for (const [field, origin] of this.#ofField.get(value) ?? []) out.set(`${path}/${escapePart(field)}`, origin);
      if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(item, `${path}/${i}`);
      else for (const [name, item] of Object.entries(value)) visit(item, `${path}/${escapePart(name)}`);
    };
    visit(root, '');
    return out;
  }
}

/** RFC 6901. */
const escapePart = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
