import { describe, expect, it } from 'vitest';
import { pathText } from './field.ts';
import type { Schema } from './schema.ts';
import { violations } from './validate.ts';

const object = (fields: { [name: string]: Schema }, more: Partial<Schema> = {}): Schema => ({
  type: 'object',
  fields,
  ...more,
});

describe('a schema', () => {
  // Words: kube-openapi pkg/validation/errors, apimachinery pkg/util/validation/field.
  it.each<[string, Schema, unknown, string[]]>([
    ['fits', object({ a: { type: 'string' } }), { a: 'x' }, []],
    ['takes null for absent', object({ a: { type: 'string' } }), { a: null }, []],
    ['keeps what it knows nothing about', { type: 'object' }, { any: [1, { thing: true }] }, []],
    ['unknown field', object({ a: { type: 'string' } }), { b: 'x' }, ['b: unknown field "b"']],
    [
      'unknown field deep down',
      object({ http: { type: 'array', items: object({ route: { type: 'array' } }) } }),
      { http: [{}, { rout: [] }] },
      ['http[1].rout: unknown field "http[1].rout"'],
    ],
    [
      'string for integer',
      { type: 'integer' },
      '3',
      [': Invalid value: "string":  in body must be of type integer: "string"'],
    ],
    [
      'fraction for integer',
      { type: 'integer' },
      1.5,
      [': Invalid value: "number":  in body must be of type integer: "number"'],
    ],
    [
      'object for list',
      object({ a: { type: 'array' } }),
      { a: {} },
      ['a: Invalid value: "object": a in body must be of type array: "object"'],
    ],
    ['number for int-or-string', { type: 'int-or-string' }, 8080, []],
    ['text for int-or-string', { type: 'int-or-string' }, 'http', []],
    [
      'boolean for int-or-string',
      object({ p: { type: 'int-or-string' } }),
      { p: true },
      ['p: Invalid value: "boolean": p in body must be of type integer,string: "boolean"'],
    ],
    ['quantities', { type: 'object', values: { type: 'number-or-string' } }, { cpu: 0.5, memory: '1Gi' }, []],
    ['missing', object({ host: { type: 'string' } }, { required: ['host'] }), {}, ['host: Required value']],
    [
      'enum',
      object({ m: { type: 'string', enum: ['A', 'B'] } }),
      { m: 'C' },
      ['m: Unsupported value: "C": supported values: "A", "B"'],
    ],
    [
      'minimum',
      object({ n: { type: 'integer', minimum: 1 } }),
      { n: 0 },
      ['n: Invalid value: 0: n in body should be greater than or equal to 1'],
    ],
    [
      'maximum',
      object({ n: { type: 'integer', maximum: 9 } }),
      { n: 10 },
      ['n: Invalid value: 10: n in body should be less than or equal to 9'],
    ],
    [
      'too short',
      object({ s: { type: 'string', minLength: 1 } }),
      { s: '' },
      ['s: Invalid value: "": s in body should be at least 1 chars long'],
    ],
    [
      'too long',
      object({ s: { type: 'string', maxLength: 2 } }),
      { s: 'abc' },
      ['s: Too long: may not be more than 2 bytes'],
    ],
    [
      'pattern',
      object({ s: { type: 'string', pattern: '^a+$' } }),
      { s: 'b' },
      ['s: Invalid value: "b": s in body should match \'^a+$\''],
    ],
    [
      'too many',
      object({ l: { type: 'array', maxItems: 1 } }),
      { l: [1, 2] },
      ['l: Too many: 2: must have at most 1 items'],
    ],
    [
      'too few',
      object({ l: { type: 'array', minItems: 1 } }),
      { l: [] },
      ['l: Invalid value: 0: l in body should have at least 1 items'],
    ],
    [
      'two of a group',
      object({
        m: object({ exact: { type: 'string' }, prefix: { type: 'string' } }, { exclusive: [['exact', 'prefix']] }),
      }),
      { m: { exact: 'a', prefix: 'b' } },
      ['m: Invalid value: "": "m" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      'none of a group',
      object({ m: object({ lua: { type: 'string' } }, { oneRequired: [['lua']] }) }),
      { m: {} },
      ['m: Invalid value: "": "m" must validate one and only one schema (oneOf). Found none valid'],
    ],
    [
      'values of a map',
      { type: 'object', values: { type: 'string' } },
      { 'a.b/c': 1 },
      ['[a.b/c]: Invalid value: "integer": [a.b/c] in body must be of type string: "integer"'],
    ],
    [
      'fields that every object has in JavaScript',
      object({}),
      { constructor: 1 },
      ['constructor: unknown field "constructor"'],
    ],
  ])('%s', (_name, schema, value, want) => {
    const found = violations(schema, value as never);
    expect(found.map((v) => `${pathText(v.path)}: ${v.message}`)).toEqual(want);
  });
});
