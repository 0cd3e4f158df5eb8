import { describe, expect, it } from 'vitest';
import { generate, stale } from './gen.ts';
import { type AjvValidator, probe } from './probe-validator.ts';
import { complete } from './schema-additions.ts';

describe('generated files', () => {
  it('are what the generators make; else run `npm run gen`', async () => {
    expect(await stale(await generate())).toEqual([]);
  }, 60_000);

  it('are noticed when they differ', async () => {
    const [first] = await generate();
    expect(await stale([{ path: first?.path ?? '', text: `${first?.text} ` }])).toEqual([first?.path]);
    expect(await stale([{ path: 'no/such/file.ts', text: '' }])).toEqual(['no/such/file.ts']);
  }, 60_000);
});

describe('probe', () => {
  /** What ajv compiles from `{ properties: { a: { enum: [x, y] } }, required: [a] }`, by hand. */
  const validator: AjvValidator = (data) => {
    const error = (instancePath: string, keyword: string, params: object) => ({
      instancePath,
      keyword,
      params: { ...params },
    });
    const object =
      typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as { a?: unknown }) : undefined;
    if (!object) validator.errors = [error('', 'type', { type: 'object' })];
    else if (object.a === undefined) validator.errors = [error('', 'required', { missingProperty: 'a' })];
    else if (typeof object.a !== 'string') validator.errors = [error('/a', 'type', { type: 'string' })];
    else if (object.a !== 'x') validator.errors = [error('/a', 'enum', { allowedValues: ['y', 'x'] })];
    else validator.errors = [];
    return validator.errors.length === 0;
  };

  it('recovers the schema behind a validator', () => {
    expect(probe(validator)).toEqual({
      type: 'object',
      fields: { a: { type: 'string', enum: ['x', 'y'] } },
      required: ['a'],
    });
  });
});

describe('additions', () => {
  it('find their node by the end of its path, and only in their kind', () => {
    const pool = { type: 'object' as const, fields: { http: { type: 'object' as const, fields: {} } } };
    const schema = { type: 'object' as const, fields: { connectionPool: pool } };
    const grown = complete('DestinationRule.networking.istio.io', schema);
    expect(Object.keys(grown.fields?.connectionPool?.fields?.http?.fields ?? {})).toEqual(['http2KeepAlive']);
    expect(complete('Telemetry.telemetry.istio.io', schema)).toEqual(schema);
  });
});
