import { describe, expect, it } from 'vitest';
import type { Json } from '../../json.ts';
import type { Patch } from '../api.ts';
import { refusal } from '../testing/store.ts';
import { jsonPatch } from './json-patch.ts';

type Operations = Extract<Patch, { type: 'json' }>['body'];

describe('JSON patch', () => {
  // After RFC 6902, appendix A.
  const cases: [target: Json, patch: Operations, result: Json][] = [
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    [{ foo: ['a', 'c'] }, [{ op: 'add', path: '/foo/1', value: 'b' }], { foo: ['a', 'b', 'c'] }],
    [{ foo: ['a'] }, [{ op: 'add', path: '/foo/-', value: 'b' }], { foo: ['a', 'b'] }],
    [{ foo: 1, bar: 2 }, [{ op: 'remove', path: '/bar' }], { foo: 1 }],
    [{ foo: 1 }, [{ op: 'replace', path: '/foo', value: 2 }], { foo: 2 }],
    [{ a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
    [{ a: 1 }, [{ op: 'copy', from: '/a', path: '/b' }], { a: 1, b: 1 }],
    [
      { 'a/b': 1, 'c~d': 2 },
      [
        { op: 'test', path: '/a~1b', value: 1 },
        { op: 'remove', path: '/c~0d' },
      ],
      { 'a/b': 1 },
    ],
  ];
  it.each(cases)('%j with %j is %j', (target, patch, result) => {
    const before = structuredClone(target);
    expect(jsonPatch(target, patch)).toEqual(result);
    expect(target).toEqual(before);
  });

  const refused: [patch: unknown, message: RegExp][] = [
    [
      [{ op: 'test', path: '/a', value: 2 }],
      /^422 Invalid: the server rejected our request due to an error in our request/,
    ],
    [[{ op: 'remove', path: '/nope' }], /^422 Invalid: .*remove operation at \/nope failed/],
    [[{ op: 'replace', path: '/nope/x', value: 1 }], /^422 Invalid/],
    [[{ op: 'grow', path: '/a' }], /^422 Invalid: .*Unexpected kind: grow/],
    [{ a: 1 }, /^400 BadRequest/],
    [Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 })), /^413 RequestEntityTooLarge/],
  ];
  it.each(refused)('refuses %j'.slice(0, 10), (patch, message) => {
    expect(refusal(() => jsonPatch({ a: 1 }, patch as Operations))).toMatch(message);
  });
});
