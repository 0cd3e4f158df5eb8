import { isObject, type JsonObject } from '../../json.ts';
import { milliseconds as durationOf, field, number as numberOf, object as objectOf } from '../match/proto.ts';

export { field, has, objects, text, texts } from '../match/proto.ts';

// Readers of protojson with proto3 defaults in place of undefined (match/proto.ts has those that tell absence).

const none: JsonObject = {};

/** Nested messages by name; an empty message where one is absent. */
export const object = (from: JsonObject | undefined, ...names: string[]): JsonObject => {
  let at = from;
  for (const name of names) at = at && objectOf(at, name);
  return at ?? none;
};

export const flag = (from: JsonObject, name: string, otherwise = false): boolean => {
  const value = field(from, name);
  return typeof value === 'boolean' ? value : otherwise;
};

export const number = (from: JsonObject, name: string, otherwise = 0): number => numberOf(from, name) ?? otherwise;

/** Milliseconds of a Duration ("1.5s"), exact to the nanosecond where binary fractions are not. */
export const milliseconds = (from: JsonObject, name: string, otherwise = 0): number => {
  const value = durationOf(from, name);
  return value === undefined ? otherwise : Math.round(value * 1e6) / 1e6;
};

/** Out of 1 000 000, of a FractionalPercent (default denominator HUNDRED). */
export function perMillion(fraction: JsonObject): number {
  const denominator = field(fraction, 'denominator');
  const scale = denominator === 'MILLION' ? 1 : denominator === 'TEN_THOUSAND' ? 100 : 10_000;
  return number(fraction, 'numerator') * scale;
}

/** Message name of an Any without the type URL's host; a TypedStruct counts as what it stands for. */
export function typeOf(any: JsonObject): string {
  const name = String(any['@type'] ?? '').replace(/^.*\//, '');
  return name.endsWith('.TypedStruct') ? String(field(any, 'typeUrl') ?? '').replace(/^.*\//, '') : name;
}

/** The message in an Any; for a TypedStruct its value. */
export const anyValue = (any: JsonObject): JsonObject =>
  String(any['@type'] ?? '').endsWith('.TypedStruct') && isObject(any.value) ? any.value : any;
