import { isObject, type Json, type JsonObject } from '../../json.ts';
import { field, number, object, objects, refuse, text } from './proto.ts';
import { compileString } from './string-matcher.ts';

export type ValueTest = (value: Json | undefined) => boolean;

/** envoy.type.matcher.v3.ValueMatcher (envoy source/common/common/matchers.cc). Throws a ProblemError when unset. */
export function compileValue(matcher: JsonObject, pointer: string): ValueTest {
  const string = object(matcher, 'stringMatch');
  if (string) return ofStrings(string, `${pointer}/stringMatch`);
  if (field(matcher, 'nullMatch') !== undefined) return (value) => value === null;
  const wanted = field(matcher, 'boolMatch');
  if (typeof wanted === 'boolean') return (value) => value === wanted;
  const present = field(matcher, 'presentMatch');
  if (typeof present === 'boolean') return (value) => (value !== undefined) === present;
  const double = object(matcher, 'doubleMatch');
  if (double) return ofNumbers(double);
  const list = object(matcher, 'listMatch');
  if (list) return ofLists(list, `${pointer}/listMatch`);
  const or = object(matcher, 'orMatch');
  if (or) return ofAny(or, `${pointer}/orMatch`);
  return refuse('a value matcher without a pattern that is interpreted here', pointer);
}

function ofStrings(matcher: JsonObject, pointer: string): ValueTest {
  const string = compileString(matcher, pointer);
  return (value) => typeof value === 'string' && string.test(value);
}

function ofNumbers(matcher: JsonObject): ValueTest {
  const range = object(matcher, 'range');
  if (!range) return (value) => value === number(matcher, 'exact');
  const [start, end] = [number(range, 'start') ?? 0, number(range, 'end') ?? 0];
  return (value) => typeof value === 'number' && value >= start && value < end;
}

function ofLists(matcher: JsonObject, pointer: string): ValueTest {
  const one = compileValue(object(matcher, 'oneOf') ?? {}, `${pointer}/oneOf`);
  return (value) => Array.isArray(value) && value.some(one);
}

function ofAny(matcher: JsonObject, pointer: string): ValueTest {
  const all = objects(matcher, 'valueMatchers').map((m, i) => compileValue(m, `${pointer}/valueMatchers/${i}`));
  return (value) => all.some((test) => test(value));
}

/** What matchers of metadata read: filter name → struct. A stream's own lies over that of its connection. */
export interface MetadataView {
  get(filter: string): JsonObject | undefined;
}

export interface MetadataTest {
  test(metadata: MetadataView): boolean;
  /** e.g. `envoy.filters.http.jwt_authn payload.iss`. */
  where: string;
}

/** envoy.type.matcher.v3.MetadataMatcher, with `invert`. */
export function compileMetadata(matcher: JsonObject, pointer: string): MetadataTest {
  const filter = text(matcher, 'filter');
  const path = objects(matcher, 'path').map((segment) => text(segment, 'key'));
  const value = compileValue(object(matcher, 'value') ?? {}, `${pointer}/value`);
  const inverted = field(matcher, 'invert') === true;
  return {
    where: `${filter} ${path.join('.')}`,
    test: (metadata) => value(valueAt(metadata.get(filter), path)) !== inverted,
  };
}

/** The value under a path of keys; undefined when a step is no object or has no such key of its own. */
export function valueAt(root: Json | undefined, path: readonly string[]): Json | undefined {
  let value = root;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
