import type { Schema, SchemaType } from '../../mesh/kube/schema/schema.ts';

/** An error of a validator that ajv compiled (ajv's own shape). */
interface AjvError {
  instancePath: string;
  keyword: string;
  params: { [name: string]: unknown };
}
export type AjvValidator = ((data: unknown) => boolean) & { errors?: AjvError[] | null };

/** One step into an object, a map or an array. */
type Step = string | number;
type Errors = AjvError[];

/**
 * Recovers the structural schema behind a compiled validator by asking it: which types it takes at a path, which
 * properties it reads, which limits it names in its errors. The packages ship no schemas, only such validators;
 * asking them does not depend on how their code is written.
 */
export function probe(validator: AjvValidator): Schema {
  return node(validator, []);
}

const refused = () => undefined;
const samples: [SchemaType, unknown][] = [
  // Digits, because a quantity is a string of a certain form, or a number.
  ['string', '1'],
  ['integer', 1],
  ['number', 1.5],
  ['boolean', true],
  ['object', {}],
  ['array', []],
];

function node(validator: AjvValidator, path: Step[]): Schema {
  const ask = (value: unknown) => errorsAt(validator, path, value);
  const type = typeOf(ask);
  const schema: Schema = { type };
  if (type === 'string') Object.assign(schema, stringLimits(ask));
  if (type === 'integer' || type === 'number') Object.assign(schema, numberLimits(ask));
  if (type === 'array') Object.assign(schema, arrayOf(validator, path));
  if (type === 'object') Object.assign(schema, objectOf(validator, path));
  return schema;
}

function typeOf(ask: (value: unknown) => Errors): SchemaType {
  const takes = samples.filter(([, value]) => !ask(value).some((e) => isTypeError(e))).map(([type]) => type);
  const key = takes.join();
  const known: { [key: string]: SchemaType } = {
    string: 'string',
    integer: 'integer',
    'integer,number': 'number',
    boolean: 'boolean',
    object: 'object',
    array: 'array',
    'string,integer': 'int-or-string',
    'string,integer,number': 'number-or-string',
  };
  return known[key] ?? 'any';
}
const isTypeError = (e: AjvError) => e.keyword === 'type';

function stringLimits(ask: (value: unknown) => Errors): Partial<Schema> {
  const errors = [...ask('\u0001'), ...ask('\u0001'.repeat(40_000)), ...ask('')];
  const param = (keyword: string, name: string) => errors.find((e) => e.keyword === keyword)?.params[name];
  return dropUndefined({
    enum: sorted(param('enum', 'allowedValues') as string[] | undefined),
    minLength: param('minLength', 'limit') as number | undefined,
    maxLength: param('maxLength', 'limit') as number | undefined,
    pattern: param('pattern', 'pattern') as string | undefined,
    format: param('format', 'format') as string | undefined,
  });
}

function numberLimits(ask: (value: unknown) => Errors): Partial<Schema> {
  const limit = (value: number, keyword: string) => ask(value).find((e) => e.keyword === keyword)?.params.limit;
  return dropUndefined({
    enum: sorted(ask(-1e15).find((e) => e.keyword === 'enum')?.params.allowedValues as number[] | undefined),
    minimum: limit(-1e15, 'minimum') as number | undefined,
    maximum: limit(1e15, 'maximum') as number | undefined,
  });
}

function arrayOf(validator: AjvValidator, path: Step[]): Partial<Schema> {
  const limit = (value: unknown[], keyword: string) =>
    errorsAt(validator, path, value).find((e) => e.keyword === keyword)?.params.limit as number | undefined;
  const items = node(validator, [...path, 0]);
  // Acceptable items, because 5000 refused ones would be 5000 errors.
  const item = minimal(items);
  return dropUndefined({
    items,
    minItems: limit([], 'minItems'),
    maxItems: limit(new Array(5000).fill(item), 'maxItems'),
  });
}

function objectOf(validator: AjvValidator, path: Step[]): Partial<Schema> {
  const names = readsAt(validator, path);
  const limit = (value: object, keyword: string) =>
    errorsAt(validator, path, value).find((e) => e.keyword === keyword)?.params.limit as number | undefined;
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, refused]));
  const limits = { minProperties: limit({}, 'minProperties'), maxProperties: limit(many, 'maxProperties') };
  if (names.length === 0) {
    const isMap = errorsAt(validator, [...path, 'probe'], refused).length > 0;
    return dropUndefined({ ...limits, values: isMap ? node(validator, [...path, 'probe']) : undefined });
  }
  const fields = Object.fromEntries(names.map((name) => [name, node(validator, [...path, name])]));
  return dropUndefined({ ...limits, fields, ...requirements(validator, path, names) });
}

/** `required`, and the groups that `oneOf` over `required` makes. */
function requirements(validator: AjvValidator, path: Step[], names: string[]): Partial<Schema> {
  const set = (...fields: string[]) => Object.fromEntries(fields.map((f) => [f, refused]));
  const fails = (value: object) =>
    errorsAt(validator, path, value).some((e) => e.keyword === 'oneOf' || e.keyword === 'anyOf');
  const missing = errorsAt(validator, path, {})
    .filter((e) => e.keyword === 'required')
    .map((e) => String(e.params.missingProperty));
  if (!fails(set(...names)) && !fails({})) return missing.length > 0 ? { required: missing.sort() } : {};
  const groups = components(names, (a, b) => fails(set(a, b)) && !(fails(set(a)) || fails(set(b))));
  // Where {} fails, a field that heals it belongs to a group of which one is required.
  const oneRequired = fails({}) ? [names.filter((name) => !fails(set(name)))] : [];
  const always = missing.filter((name) => !oneRequired.flat().includes(name));
  return {
    ...(always.length > 0 ? { required: [...new Set(always)].sort() } : {}),
    ...(groups.length > 0 ? { exclusive: groups } : {}),
    ...(oneRequired.flat().length > 0 ? { oneRequired } : {}),
  };
}

/** Groups of at least two names that are connected by `conflict`. */
function components(names: string[], conflict: (a: string, b: string) => boolean): string[][] {
  const groups: string[][] = [];
  for (const name of names) {
    const group = groups.find((g) => g.some((other) => conflict(other, name)));
    if (group) group.push(name);
    else groups.push([name]);
  }
  return groups.filter((group) => group.length > 1);
}

/** A value that a schema mostly takes: patterns are not solved. */
function minimal(schema: Schema): unknown {
  if (schema.type !== 'object') return schema.enum?.[0] ?? samples.find(([type]) => type === schema.type)?.[1] ?? 1;
  const fields = [...(schema.required ?? []), ...(schema.oneRequired ?? []).flatMap((group) => group.slice(0, 1))];
  return Object.fromEntries(fields.map((name) => [name, minimal(schema.fields?.[name] ?? { type: 'string' })]));
}

/** The errors that the validator names at exactly this path when `value` stands there. */
function errorsAt(validator: AjvValidator, path: Step[], value: unknown): Errors {
  validator(wrap(path, value));
  const pointer = path.map((step) => `/${step}`).join('');
  return (validator.errors ?? []).filter((e) => e.instancePath === pointer);
}

/** The properties that the validator reads of an object at this path. */
function readsAt(validator: AjvValidator, path: Step[]): string[] {
  const reads = new Set<string>();
  const spy = new Proxy(
    {},
    {
      get(_target, key) {
        if (typeof key === 'string') reads.add(key);
        return undefined;
      },
    },
  );
  validator(wrap(path, spy));
  return [...reads].sort();
}

function wrap(path: Step[], value: unknown): unknown {
  return path.reduceRight((inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }), value);
}

const sorted = <T>(values: T[] | undefined) => (values ? [...values].sort() : undefined);

function dropUndefined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined)) as Partial<T>;
}
