import { isObject, type Json, type JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import { notInterpreted } from '../match/unsupported.ts';
import { typeOf } from '../runtime/proto.ts';

/** What is known of a message: every field that is interpreted, reported where it is read, or without effect here. */
export interface Shape {
  /** Name of the message, as Envoy's documentation has it. */
  name: string;
  fields: ReadonlySet<string>;
  /** Fields whose messages are looked at, too. */
  inner: { readonly [field: string]: Shape | ByType };
}

/** A field with an Any; types that are not among these are somebody else's to tell. */
export type ByType = ReadonlyMap<string, Shape>;

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** `read`: interpreted. `idle`: changes nothing that can be seen here. Both as words. */
export const shape = (
  name: string,
  { read, idle = '' }: { read: string; idle?: string },
  inner: Shape['inner'] = {},
): Shape => ({ name, fields: new Set([...words(read), ...words(idle), ...Object.keys(inner)]), inner });

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Reports every field of a resource that is not known, with its place. */
export function checkShape(
  message: JsonObject,
  { name, fields, inner }: Shape,
  to: { pointer: string; report(problem: Problem): void },
): void {
  for (const [key, value] of Object.entries(message)) {
    const field = camel(key);
    if (field.startsWith('@')) continue;
    const pointer = `${to.pointer}/${key}`;
    if (!fields.has(field)) to.report(notInterpreted(`${field} of ${name}`, pointer));
    const next = inner[field];
    if (next) checkValue(value, next, { pointer, report: to.report });
  }
}

function checkValue(
  value: Json | undefined,
  next: Shape | ByType,
  to: { pointer: string; report(problem: Problem): void },
): void {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkValue(item, next, { ...to, pointer: `${to.pointer}/${i}` });
    return;
  }
  if (!isObject(value)) return;
  if ('name' in next) checkShape(value, next, to);
  else {
    const known = next.get(typeOf(value));
    if (known && !String(value['@type']).endsWith('.TypedStruct')) checkShape(value, known, to);
  }
}

/** Shapes of Anys by message name. */
export const byType = (shapes: { readonly [type: string]: Shape }): ByType => new Map(Object.entries(shapes));
