import type { Json, JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';

/**
 * Reads what test/support/compact-golden.ts wrote: the documents of a scenario by proxy. Sub-trees that stand in several
 * places are held once, in `shared`, and named by `{"$": index}`; a shared one may name earlier ones. Equal parts of the
 * result are the same object: read it, do not change it.
 */
export function unpackGolden(text: string): Map<string, JsonObject> {
  const { shared, proxies } = JSON.parse(text) as { shared: Json[]; proxies: { [name: string]: JsonObject } };
  const whole: Json[] = [];
  const expand = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(expand);
    if (!isObject(value)) return value;
    if (typeof value.$ === 'number') return whole[value.$] ?? null;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item ?? null)]));
  };
  for (const part of shared) whole.push(expand(part));
  return new Map(Object.entries(proxies).map(([name, document]) => [name, expand(document) as JsonObject]));
}
