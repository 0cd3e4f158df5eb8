import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unpackGolden } from '../../mesh/host/envoy/testing/unpack.ts';
import type { JsonObject } from '../../mesh/json.ts';
import { packGolden } from './compact-golden.ts';

const long = { name: 'x'.repeat(200), inner: { filters: ['y'.repeat(150)] } };

it('what was packed is unpacked as it was', () => {
  const piece = fc.oneof(fc.jsonValue(), fc.constant(long), fc.constant([long, long.inner]));
  const document = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), piece, { maxKeys: 5 });
  fc.assert(
    // A field named $ is the next test's.
    fc.property(
      fc.array(document, { maxLength: 4 }).filter((list) => !JSON.stringify(list).includes('"$"')),
      (list) => {
        const documents = new Map(list.map((d, i) => [`p${i}`, JSON.parse(JSON.stringify(d)) as JsonObject]));
        expect(unpackGolden(packGolden(documents))).toEqual(documents);
      },
    ),
    { seed: 20260101 },
  );
});

it('a repeated piece is written once, inside of others too', () => {
  const text = packGolden(
    new Map([
      ['a', { l: [long, { z: 1, inner: long.inner }] }],
      ['b', { l: [long] }],
    ]),
  );
  expect(text.split('x'.repeat(200))).toHaveLength(2);
  expect(text.split('y'.repeat(150))).toHaveLength(2);
});

it('a field named $ is refused', () => {
  expect(() => packGolden(new Map([['a', { l: { $: 1 } }]]))).toThrow(/\$/);
});
