import { groupOf } from '../kind-info.ts';
import type { KindRef } from '../objects.ts';
import { metadataPaths, type ShapePaths, shapePaths } from './shape-paths.ts';

/**
 * How a value merges: a list by the keys of its items (or as a set of scalars), an object as one whole (`atomic`), or,
 * without an entry, objects field by field and lists as one whole.
 */
export interface Shape {
  /** Keys that tell the items of a list apart; the first one is also the merge key of strategic merge patch. */
  keys?: readonly string[];
  set?: true;
  atomic?: true;
  fields?: { readonly [field: string]: Shape };
}

/** What an absent key of a list item stands for (ports without a protocol). */
export const keyDefaults: { readonly [key: string]: string } = { protocol: 'TCP' };

/** The shape of a kind; a list has its items' fields in its own `fields`. */
export const shapeOf = (kind: KindRef): Shape => shapes.get(`${groupOf(kind.apiVersion)}/${kind.kind}`) ?? plain;

function build(own: ShapePaths): Shape {
  const root: Shape = {};
  for (const [path, rule] of Object.entries({ ...metadataPaths, ...own })) insert(root, path.split('.'), rule);
  return root;
}

function insert(root: Shape, path: readonly string[], rule: string): void {
  let shape = root;
  for (const key of path) {
    const fields: { [field: string]: Shape } = (shape.fields as { [field: string]: Shape } | undefined) ?? {};
    shape.fields = fields;
    fields[key] ??= {};
    shape = fields[key];
  }
  if (rule === 'set') shape.set = true;
  else if (rule === 'atomic') shape.atomic = true;
  else shape.keys = rule.split(',');
}

const plain = build({});
const shapes: ReadonlyMap<string, Shape> = new Map(
  Object.entries(shapePaths).map(([groupKind, paths]) => [groupKind, build(paths)]),
);
