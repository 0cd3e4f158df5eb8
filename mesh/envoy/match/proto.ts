import { isObject, type Json, type JsonObject } from '../../json.ts';
import { ProblemError } from '../../problem.ts';

// Reading of protojson while compiling; never on the hot path. Both spellings of a field are accepted, as protobuf's
// JSON mapping demands (https://protobuf.dev/programming-guides/json/): EnvoyFilters often write snake_case.

export function field(message: JsonObject, name: string): Json | undefined {
  return message[name] ?? message[snakeCase(name)];
}

/** Of the few hundred names that this code asks for, again and again. */
const snakes = new Map<string, string>();

function snakeCase(name: string): string {
  let snake = snakes.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakes.set(name, snake);
  }
  return snake;
}

export function object(message: JsonObject, name: string): JsonObject | undefined {
  const value = field(message, name);
  return isObject(value) ? value : undefined;
}

export function objects(message: JsonObject, name: string): JsonObject[] {
  const value = field(message, name);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function texts(message: JsonObject, name: string): string[] {
  const value = field(message, name);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** A string field; '' when absent, as in protobuf. */
export function text(message: JsonObject, name: string): string {
  const value = field(message, name);
  return typeof value === 'string' ? value : '';
}

/** A number field or wrapper; 64-bit numbers come as strings. */
export function number(message: JsonObject, name: string): number | undefined {
  const value = field(message, name);
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' && !Number.isNaN(Number(value)) ? Number(value) : undefined;
}

export function flag(message: JsonObject, name: string): boolean | undefined {
  const value = field(message, name);
  return typeof value === 'boolean' ? value : undefined;
}

/** A google.protobuf.Duration ("1.5s") in milliseconds. */
export function milliseconds(message: JsonObject, name: string): number | undefined {
  const value = field(message, name);
  const found = typeof value === 'string' ? /^(-?\d+(?:\.\d+)?)s$/.exec(value) : null;
  return found ? Number(found[1]) * 1000 : undefined;
}

/** Whether a field is set, to whatever value: what proto calls has_…(). */
export const has = (message: JsonObject, name: string): boolean => field(message, name) !== undefined;

/** Throws: Envoy would refuse the resource. `pointer` is where it stands in the XdsConfig. */
export function refuse(what: string, pointer: string): never {
  throw new ProblemError({ what, where: { object: pointer } });
}
