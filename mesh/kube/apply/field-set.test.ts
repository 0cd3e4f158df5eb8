import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import {
  difference,
  emptySet,
  type FieldSet,
  fromFieldsV1,
  insert,
  intersection,
  isEmpty,
  pathsOf,
  toFieldsV1,
  union,
} from './field-set.ts';

const set = (...paths: string[][]): FieldSet => {
  const made = emptySet();
  for (const path of paths) insert(made, path);
  return made;
};
const anyPaths = fc.array(
  fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"n":1}', 'v:"x"'), { minLength: 1, maxLength: 3 }),
);
const key = (path: string[]) => path.join('|');
const same = (a: FieldSet, b: FieldSet) => expect(toFieldsV1(a)).toEqual(toFieldsV1(b));

describe('sets of fields', () => {
  it('are sets: union, intersection and difference are those of the paths', () => {
    fc.assert(
      fc.property(anyPaths, anyPaths, (one, two) => {
        const inTwo = new Set(two.map(key));
        same(union(set(...one), set(...two)), set(...one, ...two));
        same(intersection(set(...one), set(...two)), set(...one.filter((p) => inTwo.has(key(p)))));
        same(difference(set(...one), set(...two)), set(...one.filter((p) => !inTwo.has(key(p)))));
        expect(isEmpty(difference(set(...one), set(...one)))).toBe(true);
      }),
    );
  });

  it('survive being written as fieldsV1 and read again', () => {
    fc.assert(
      fc.property(anyPaths, (paths) => {
        const written = toFieldsV1(set(...paths));
        same(fromFieldsV1(JSON.parse(JSON.stringify(written))) ?? emptySet(), set(...paths));
      }),
    );
  });

  it('are written as Kubernetes writes them', () => {
    const item = 'k:{"name":"a"}';
    expect(toFieldsV1(set(['f:spec', item], ['f:spec', item, 'f:name'], ['f:x']))).toEqual({
      'f:spec': { [item]: { '.': {}, 'f:name': {} } },
      'f:x': {},
    });
  });

  it('name their paths as conflicts do', () => {
    const paths = [
      ['f:spec', 'f:ports', 'k:{"port":80,"protocol":"TCP"}', 'f:name'],
      ['f:metadata', 'f:finalizers', 'v:"x"'],
    ];
    expect(pathsOf(set(...paths))).toEqual(['.spec.ports[port=80,protocol="TCP"].name', '.metadata.finalizers[="x"]']);
  });

  it.each<JsonObject>([{ name: {} }, { 'f:a': 1 }, { 'f:a': { b: {} } }])('does not read %j', (fields) => {
    expect(fromFieldsV1(fields)).toBeUndefined();
  });
});
