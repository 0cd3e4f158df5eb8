import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../json.ts';
import { equal, frozen } from './frozen.ts';

const deeplyFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(deeplyFrozen));

describe('frozen', () => {
  it('keeps every value and freezes all of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = frozen(value as Json);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        expect(deeplyFrozen(copy)).toBe(true);
      }),
    );
  });

  it('refuses what is nested too deeply for those who walk it', () => {
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as Json;
    expect(() => frozen(nested(900))).not.toThrow();
    expect(() => frozen(nested(5000))).toThrow(/nested more than 1000 levels/);
  });

  it('leaves the original alone and shares what is frozen already', () => {
    const inner = frozen({ a: [1, { b: 2 }] });
    const outer = { inner, own: { c: 3 } };
    const copy = frozen(outer);
    expect(copy.inner).toBe(inner);
    expect(Object.isFrozen(outer.own)).toBe(false);
  });

  it('is not fooled by objects that are frozen only on the surface', () => {
    const shallow = Object.freeze({ inner: { a: 1 } });
    expect(deeplyFrozen(frozen(shallow))).toBe(true);
    expect(Object.isFrozen(shallow.inner)).toBe(false);
  });

  it('drops undefined fields, also of frozen objects', () => {
    expect(Object.keys(frozen(Object.freeze({ a: undefined, b: 1 })))).toEqual(['b']);
  });
});

describe('equal', () => {
  const cases: [a: Json | undefined, b: Json | undefined, same: boolean][] = [
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: null }, {}, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [{}, null, false],
    ['1', 1, false],
    [undefined, undefined, true],
  ];
  it.each(cases)('%j and %j: %s', (a, b, same) => {
    expect(equal(a, b)).toBe(same);
    expect(equal(b, a)).toBe(same);
  });
});
