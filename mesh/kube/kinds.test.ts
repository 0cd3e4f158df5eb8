import { describe, expect, it } from 'vitest';
import { groupOf } from './kind-info.ts';
import { kinds, servedKinds } from './kinds.ts';
import type { Schema } from './schema/schema.ts';
import { schemaOf } from './schema/schemas.ts';

/** Kinds whose objects are stored unchecked, each with the reason. */
const withoutSchema: { [kind: string]: string } = {};

const key = (kind: (typeof kinds)[number]) => `${kind.kind}.${groupOf(kind.apiVersion)}`;

function patterns(schema: Schema): string[] {
  const children = [...Object.values(schema.fields ?? {}), schema.values, schema.items].filter((s) => s !== undefined);
  return [...(schema.pattern ? [schema.pattern] : []), ...children.flatMap(patterns)];
}

describe('kinds', () => {
  it('has one row per kind and group', () => {
    expect(kinds.map(key).filter((k, i, all) => all.indexOf(k) !== i)).toEqual([]);
  });

  it('has no name twice: plurals in a group, short names anywhere', () => {
    const plurals = kinds.map((k) => `${k.plural}.${groupOf(k.apiVersion)}`);
    const short = kinds.flatMap((k) => k.shortNames);
    for (const names of [plurals, short]) expect(names.filter((n, i, all) => all.indexOf(n) !== i)).toEqual([]);
  });

  it.each(kinds.map((kind) => [key(kind), kind] as const))('%s is complete', (name, kind) => {
    expect(Boolean(schemaOf(kind)) || withoutSchema[name]).toBeTruthy();
    expect(kind.apiVersion).toMatch(/^([a-z0-9.]+\/)?v\d/);
    expect(kind.plural).toBe(kind.plural.toLowerCase());
    expect(Boolean(kind.custom)).toBe(/\.istio\.io|gateway\./.test(kind.apiVersion));
    expect(Boolean(kind.status)).toBe(schemaOf(kind)?.fields?.status !== undefined && kind.kind !== 'ReferenceGrant');
  });

  it('reads any served version as the same kind', () => {
    for (const kind of kinds) {
      for (const apiVersion of [kind.apiVersion, ...(kind.alsoServed ?? [])]) {
        expect(servedKinds.find({ apiVersion, kind: kind.kind })).toBe(kind);
      }
    }
    expect(servedKinds.find({ apiVersion: 'networking.istio.io/v2', kind: 'VirtualService' })).toBeUndefined();
  });

  it('has patterns that a browser compiles', () => {
    const all = [...new Set(kinds.flatMap((kind) => patterns(schemaOf(kind) ?? { type: 'any' })))];
    expect(all.length).toBeGreaterThan(10);
    for (const pattern of all) expect(() => new RegExp(pattern, 'u'), pattern).not.toThrow();
  });
});
