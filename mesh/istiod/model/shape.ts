import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { parseDuration } from './duration.ts';

/**
 * Where values are read from a manifest. Wrong types never throw: the field is left out and `report` is told its path.
 * `keep` is told of each object that was read, so that a decision can name the field it came from.
 */
export interface ReadContext {
  report(path: string, expected: string): void;
  keep(node: object, path: string): void;
}

export type Read<T> = (value: unknown, path: string, context: ReadContext) => T | undefined;
/** What a reader yields: `type VirtualService = Shape<typeof virtualService>`. */
export type Shape<R> = R extends Read<infer T> ? T : never;

const scalar =
  <T>(expected: string, convert: (value: unknown) => T | undefined): Read<T> =>
  (value, path, context) => {
    if (value === undefined || value === null) return undefined;
    const read = convert(value);
    if (read === undefined) context.report(path, expected);
    return read;
  };

export const str = scalar('a string', (v) => (typeof v === 'string' ? v : undefined));
export const bool = scalar('true or false', (v) => (typeof v === 'boolean' ? v : undefined));
/** A number; protojson also writes 64-bit integers as strings. */
export const num = scalar('a number', (v) => {
  const n = typeof v === 'string' && v.trim() !== '' ? Number(v) : v;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
});
/** A Go duration such as "1.5s" or "1h30m"; yields nanoseconds, because "not set" and "0s" differ. */
export const duration = scalar('a duration such as 10s', (v) => (typeof v === 'string' ? parseDuration(v) : undefined));
/** Any JSON, not looked at here. */
export const json: Read<Json> = (value) => (value === undefined ? undefined : (value as Json));
export const anyObject: Read<JsonObject> = scalar('an object', (v) => (isObject(v) ? v : undefined));

export const list =
  <T>(of: Read<T>): Read<T[]> =>
  (value, path, context) => {
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) return void context.report(path, 'a list');
    return value.flatMap((item, i) => of(item, `${path}[${i}]`, context) ?? []);
  };

export const map =
  <T>(of: Read<T>): Read<{ [key: string]: T }> =>
  (value, path, context) => {
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) return void context.report(path, 'an object');
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const read = of(item, `${path}.${key}`, context);
        return read === undefined ? [] : [[key, read]];
      }),
    );
  };

type Fields = { [field: string]: Read<unknown> };
type Out<F extends Fields> = { [K in keyof F]?: Shape<F[K]> };

export const obj = <F extends Fields>(fields: F): Read<Out<F>> => {
  const entries = Object.entries(fields);
  return (value, path, context) => {
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) return void context.report(path, 'an object');
    const out: { [field: string]: unknown } = {};
    for (const [field, read] of entries) {
      const item = value[field];
      if (item === undefined) continue;
      const got = read(item, path === '' ? field : `${path}.${field}`, context);
      if (got !== undefined) out[field] = got;
    }
    context.keep(out, path);
    return out as Out<F>;
  };
};
