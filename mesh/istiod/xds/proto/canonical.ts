import type { Json, JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { formatDuration, parseDuration } from '../../model/duration.ts';
import { type Field, type Fields, type Messages, messageOf, type Scalar, structs, wrappers } from './message.ts';

/** What a value cannot be read as; `path` leads to it. */
export class Unreadable extends Error {
  constructor(path: string, expected: string) {
    super(`${path || 'value'} is not ${expected}`);
    this.name = 'Unreadable';
  }
}

/**
 * A value that a person wrote for a message, as protojson writes it: field names in lowerCamelCase, enumerations by name, 64-bit
 * numbers as strings, no default values. Unknown fields are left out, as istiod does (UnmarshalAllowUnknown); a value of a
 * wrong type throws Unreadable.
 */
export function canonical(messages: Messages, message: string, value: Json, path = ''): Json {
  const wrapped = wrappers[message];
  if (wrapped) return scalar(wrapped, value, path);
  if (structs.has(message)) return value;
  if (message === 'google.protobuf.Duration') return duration(value, path);
  if (message === 'google.protobuf.Timestamp' || message === 'google.protobuf.FieldMask')
    return scalar('string', value, path);
  if (message === 'google.protobuf.Any') return any(messages, value, path);
  const known = message === 'google.protobuf.Empty' ? new Map<string, Field>() : messages.fields(message);
  if (!known) throw new Unreadable(path, `a message that is known (${message})`);
  if (!isObject(value)) throw new Unreadable(path, 'an object');
  return withoutRivals(known, fieldValues(messages, known, { value, path }));
}

function fieldValues(messages: Messages, known: Fields, of: { value: JsonObject; path: string }): JsonObject {
  const out: JsonObject = {};
  for (const [key, item] of Object.entries(of.value)) {
    const field = known.get(camelCase(key));
    if (!field || item === undefined || item === null) continue;
    const read = fieldValue(messages, field, { value: item, path: of.path ? `${of.path}.${key}` : key });
    if (read !== undefined) out[field.name] = read;
  }
  return out;
}

/** Of several members of a oneof the one that the message declares last wins: in that order istiod reads them. */
function withoutRivals(known: Fields, value: JsonObject): JsonObject {
  const winners = new Map<number, string>();
  for (const { name, oneof } of known.values()) if (oneof > 0 && value[name] !== undefined) winners.set(oneof, name);
  for (const { name, oneof } of known.values())
    if (oneof > 0 && winners.has(oneof) && winners.get(oneof) !== name) delete value[name];
  return value;
}

/** protoc's rule for JSON names. */
const camelCase = (name: string): string => name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());

interface Given {
  value: Json;
  path: string;
}

function fieldValue(messages: Messages, field: Field, { value, path }: Given): Json | undefined {
  if (field.repeated) {
    if (!Array.isArray(value)) throw new Unreadable(path, 'a list');
    const items = value.map((item, i) => single(messages, field, { value: item, path: `${path}[${i}]` }));
    return items.length > 0 ? items : undefined;
  }
  if (field.map) {
    if (!isObject(value)) throw new Unreadable(path, 'an object');
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      single(messages, field, { value: item ?? null, path: `${path}.${key}` }),
    ]);
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  }
  const read = single(messages, field, { value, path });
  return field.presence || !isDefault(field, read) ? read : undefined;
}

function single(messages: Messages, { type }: Field, { value, path }: Given): Json {
  if ('message' in type) return canonical(messages, type.message, value, path);
  return 'values' in type ? enumeration(type.values, value, path) : scalar(type.scalar, value, path);
}

const isDefault = ({ type }: Field, value: Json): boolean =>
  'values' in type ? type.values.get(String(value)) === 0 : value === '' || value === 0 || value === '0' || !value;

function enumeration(values: ReadonlyMap<string, number>, value: Json, path: string): Json {
  if (typeof value === 'string' && values.has(value)) return value;
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new Unreadable(path, `one of ${[...values.keys()].join(', ')}`);
  for (const [name, number] of values) if (number === value) return name;
  return value;
}

function scalar(type: Scalar, value: Json, path: string): Json {
  switch (type) {
    case 'string':
      if (typeof value !== 'string') throw new Unreadable(path, 'a string');
      return value;
    case 'bool':
      if (typeof value !== 'boolean') throw new Unreadable(path, 'true or false');
      return value;
    case 'bytes':
      return bytes(value, path);
    case 'null':
      return null;
    case 'long':
      return long(value, path);
    default:
      return number(value, path);
  }
}

function number(value: Json, path: string): Json {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  const read = typeof value === 'string' && /^-?[\d.]+(e[-+]?\d+)?$/i.test(value) ? Number(value) : value;
  if (typeof read !== 'number' || !Number.isFinite(read)) throw new Unreadable(path, 'a number');
  return read;
}

function long(value: Json, path: string): Json {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value).toString();
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value).toString();
  throw new Unreadable(path, 'a whole number');
}

/** istiod reads the standard alphabet with padding only. */
function bytes(value: Json, path: string): Json {
  if (typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value))
    return value;
  throw new Unreadable(path, 'base64');
}

function duration(value: Json, path: string): Json {
  const read = typeof value === 'string' && /^[-+]?[\d.]+s$/.test(value) ? parseDuration(value) : undefined;
  if (read === undefined) throw new Unreadable(path, 'a duration such as 1.5s');
  return formatDuration(read);
}

/** What is in an Any stands beside its @type, or in `value` where the message is a scalar. */
function any(messages: Messages, value: Json, path: string): Json {
  if (!isObject(value)) throw new Unreadable(path, 'an object');
  const type = value['@type'];
  if (type === undefined && Object.keys(value).length === 0) return {};
  if (typeof type !== 'string') throw new Unreadable(path, 'an object with @type');
  const message = messageOf(type);
  if (message.startsWith('google.protobuf.') && message !== 'google.protobuf.Empty')
    return { '@type': type, value: canonical(messages, message, value.value ?? null, `${path}.value`) };
  const { '@type': _, ...fields } = value;
  return { '@type': type, ...(canonical(messages, message, fields, path) as JsonObject) };
}
