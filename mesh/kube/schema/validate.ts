import { isObject, type Json, type JsonObject } from '../../json.ts';
import { type Path, pathText } from './field.ts';
import type { Schema } from './schema.ts';

/** What a schema has against an object. */
export interface Violation {
  /** `unknown`: strict decoding refuses it (400). The others make the object invalid (422). */
  type: 'unknown' | 'type' | 'required' | 'enum' | 'limit';
  path: Path;
  /** Kubernetes' words after `path: `, for `unknown` the whole sentence. */
  message: string;
  /** Names that stand here in the schema: for an unknown field its siblings, for an enum its values. */
  known?: string[];
}

/** Everything that the schema has against the value, in document order. Nulls count as absent, as the API server prunes them. */
export function violations(schema: Schema, value: Json | undefined, path: Path = []): Violation[] {
  if (value === undefined || value === null || schema.type === 'any') return [];
  if (!hasType(schema, value)) return [wrongType(schema, value, path)];
  if (isObject(value)) return [...objectLimits(schema, value, path), ...objectFields(schema, value, path)];
  if (Array.isArray(value)) return [...listLimits(schema, value, path), ...listItems(schema, value, path)];
  return typeof value === 'boolean' ? [] : scalarLimits(schema, value, path);
}

function hasType(schema: Schema, value: Json): boolean {
  switch (schema.type) {
    case 'integer':
      return Number.isInteger(value);
    case 'int-or-string':
      return typeof value === 'string' || Number.isInteger(value);
    case 'number-or-string':
      return typeof value === 'string' || typeof value === 'number';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      return typeof value === schema.type;
  }
}

/** `spec.replicas in body must be of type integer: "string"` (kube-openapi's words). */
function wrongType(schema: Schema, value: Json, path: Path): Violation {
  const found = JSON.stringify(typeName(value));
  const wanted = schema.type.endsWith('-or-string') ? 'integer,string' : schema.type;
  const message = `Invalid value: ${found}: ${pathText(path)} in body must be of type ${wanted}: ${found}`;
  return { type: 'type', path, message };
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

function objectFields(schema: Schema, value: JsonObject, path: Path): Violation[] {
  const { fields, values } = schema;
  return Object.entries(value).flatMap(([name, child]) => {
    const at = [...path, name];
    const known = fields && Object.hasOwn(fields, name) ? fields[name] : values;
    if (known) return violations(known, child, at);
    if (!fields || child === undefined) return [];
    return [
      {
        type: 'unknown',
        path: at,
        message: `unknown field ${JSON.stringify(pathText(at))}`,
        known: Object.keys(fields),
      },
    ];
  });
}

function objectLimits(schema: Schema, value: JsonObject, path: Path): Violation[] {
  const set = (name: string) => value[name] !== undefined && value[name] !== null;
  const size = Object.keys(value).length;
  const required = (schema.required ?? [])
    .filter((name) => !set(name))
    .map((name): Violation => ({ type: 'required', path: [...path, name], message: 'Required value' }));
  const groups = (schema.exclusive ?? []).map((group) => group.filter(set).length);
  const twice = groups.filter((n) => n > 1).map((n) => oneOf(path, `Found ${n} valid alternatives`));
  const none = (schema.oneRequired ?? [])
    .filter((group) => !group.some(set))
    .map(() => oneOf(path, 'Found none valid'));
  return [
    ...required,
    ...twice,
    ...none,
    ...tooMany(path, { size, limit: schema.maxProperties, what: 'properties' }),
    ...tooFew(path, { size, limit: schema.minProperties, what: 'properties' }),
  ];
}

const oneOf = (path: Path, found: string): Violation => ({
  type: 'limit',
  path,
  message: `Invalid value: "": ${JSON.stringify(pathText(path))} must validate one and only one schema (oneOf). ${found}`,
});

const listItems = (schema: Schema, value: Json[], path: Path): Violation[] => {
  const { items } = schema;
  return items ? value.flatMap((item, i) => violations(items, item, [...path, i])) : [];
};

function listLimits(schema: Schema, value: Json[], path: Path): Violation[] {
  return [
    ...tooMany(path, { size: value.length, limit: schema.maxItems, what: 'items' }),
    ...tooFew(path, { size: value.length, limit: schema.minItems, what: 'items' }),
    ...(schema.unique ? duplicates(schema.unique, value, path) : []),
  ];
}

/** The second of two equal items, told by what they are known by (ValidateListSetsAndMaps of the API server). */
function duplicates(by: readonly string[], value: Json[], path: Path): Violation[] {
  const known = (item: Json) =>
    by.length === 0 ? item : Object.fromEntries(by.map((f) => [f, isObject(item) ? item[f] : undefined]));
  const keys = value.map((item) => JSON.stringify(known(item)));
  const first = new Map(keys.map((key, i): [string, number] => [key, i]).reverse());
  return keys.flatMap((key, i): Violation[] =>
    first.get(key) === i ? [] : [{ type: 'limit', path: [...path, i], message: `Duplicate value: ${key}` }],
  );
}

interface Size {
  size: number;
  limit: number | undefined;
  what: string;
}

function tooMany(path: Path, { size, limit, what }: Size): Violation[] {
  if (limit === undefined || size <= limit) return [];
  return [{ type: 'limit', path, message: `Too many: ${size}: must have at most ${limit} ${what}` }];
}

function tooFew(path: Path, { size, limit, what }: Size): Violation[] {
  if (limit === undefined || size >= limit) return [];
  const message = `Invalid value: ${size}: ${pathText(path)} in body should have at least ${limit} ${what}`;
  return [{ type: 'limit', path, message }];
}

function scalarLimits(schema: Schema, value: string | number, path: Path): Violation[] {
  if (schema.enum && !schema.enum.includes(value)) {
    const values = schema.enum.map((v) => JSON.stringify(v));
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${values.join(', ')}`;
    return [{ type: 'enum', path, message, known: schema.enum.map(String) }];
  }
  const rules = typeof value === 'string' ? textRules(schema, value) : numberRules(schema, value);
  return rules
    .filter(([wrong]) => wrong)
    .map(([, words]) => {
      const message = words.startsWith('Too')
        ? words
        : `Invalid value: ${JSON.stringify(value)}: ${pathText(path)} in body ${words}`;
      return { type: 'limit', path, message };
    });
}

type RuleResult = [wrong: boolean, words: string];

function textRules({ minLength, maxLength, pattern }: Schema, value: string): RuleResult[] {
  return [
    [minLength !== undefined && [...value].length < minLength, `should be at least ${minLength} chars long`],
    [maxLength !== undefined && [...value].length > maxLength, `Too long: may not be more than ${maxLength} bytes`],
    [pattern !== undefined && !new RegExp(pattern, 'u').test(value), `should match '${pattern}'`],
  ];
}

function numberRules({ minimum, maximum }: Schema, value: number): RuleResult[] {
  return [
    [minimum !== undefined && value < minimum, `should be greater than or equal to ${minimum}`],
    [maximum !== undefined && value > maximum, `should be less than or equal to ${maximum}`],
  ];
}
