import { Document, isCollection, visit } from 'yaml';
import type { Json } from '../../mesh/json.ts';

/** What fits into a line stands in one, what is longer and equal is written once and named. */
const lineWidth = 120;

/** YAML for golden files: short pieces in flow style, long repeated ones as aliases. An empty list is "". */
export function compactYaml(list: readonly unknown[]): string {
  if (list.length === 0) return '';
  const document = new Document(interned(JSON.parse(JSON.stringify(list)) as Json, new Map()));
  visit(document, {
    Collection: (_, node) => {
      if (isCollection(node) && JSON.stringify(node.toJS(document)).length < lineWidth - 20) node.flow = true;
    },
  });
  return document.toString({ lineWidth: lineWidth + 20, flowCollectionPadding: false });
}

/** Equal long pieces become the same object, for which the writer makes an alias. */
function interned(value: Json, known: Map<string, Json>): Json {
  if (typeof value !== 'object' || value === null) return value;
  const text = JSON.stringify(value);
  const found = known.get(text);
  if (found !== undefined) return found;
  const own = Array.isArray(value)
    ? value.map((item) => interned(item, known))
    : Object.fromEntries(Object.entries(value).map(([k, item]) => [k, interned(item ?? null, known)]));
  if (text.length > lineWidth) known.set(text, own);
  return own;
}
