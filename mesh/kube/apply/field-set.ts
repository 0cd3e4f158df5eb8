import { isObject, type JsonObject } from '../../json.ts';

/**
 * A set of field paths as a tree. Names of children are path elements in the form of fieldsV1: `f:name` a field,
 * `k:{"name":"x"}` an item of a keyed list, `v:"x"` an item of a set. `member` tells whether the path itself is in the set.
 * (kubernetes.io/docs/reference/using-api/server-side-apply, and sigs.k8s.io/structured-merge-diff v4.6.0 fieldpath.)
 */
export interface FieldSet {
  member: boolean;
  children: Map<string, FieldSet>;
}

export const emptySet = (): FieldSet => ({ member: false, children: new Map() });

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

/** Adds one path, in place. */
export function insert(set: FieldSet, path: readonly string[]): void {
  let node = set;
  for (const element of path) {
    const child = node.children.get(element) ?? emptySet();
    node.children.set(element, child);
    node = child;
  }
  node.member = true;
}

/** In either. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const mine = children.get(element);
    children.set(element, mine === undefined ? child : union(mine, child));
  }
  return { member: a.member || b.member, children };
}

/** In both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    const common = other === undefined ? emptySet() : intersection(child, other);
    if (!isEmpty(common)) children.set(element, common);
  }
  return { member: a.member && b.member, children };
}

/** In `a` and not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    const rest = other === undefined ? child : difference(child, other);
    if (!isEmpty(rest)) children.set(element, rest);
  }
  return { member: a.member && !b.member, children };
}

/** fieldsV1: a leaf is `{}`, a path that is in the set and has more below it carries `.`. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const entries = [...set.children].sort(([a], [b]) => (a < b ? -1 : 1));
  const fields = entries.map(([element, child]): [string, JsonObject] => [element, toFieldsV1(child)]);
  return Object.fromEntries(set.member && fields.length > 0 ? [['.', {}], ...fields] : fields);
}

/** The reverse; undefined when it is not fieldsV1. */
export function fromFieldsV1(fields: JsonObject): FieldSet | undefined {
  const set = emptySet();
  for (const [element, below] of Object.entries(fields)) {
    if (element === '.') {
      set.member = true;
      continue;
    }
    const child = /^[fkvi]:/.test(element) && isObject(below) ? fromFieldsV1(below) : undefined;
    if (child === undefined) return undefined;
    set.children.set(element, child.children.size === 0 ? { ...child, member: true } : child);
  }
  return set;
}

/** Every path of the set as messages write it: `.spec.containers[name="a"].image`. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  const below = [...set.children].flatMap(([element, child]) => pathsOf(child, prefix + elementText(element)));
  return set.member ? [prefix, ...below] : below;
}

function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  if (!element.startsWith('k:')) return `[${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}
