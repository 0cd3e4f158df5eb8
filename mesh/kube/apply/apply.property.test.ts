import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { shapeOf } from '../patch/shapes.ts';
import { object, refs, testStore } from '../testing/store.ts';
import { pathsOf, union } from './field-set.ts';
import { content, ownable } from './track.ts';
import { compare } from './walk.ts';

const deployment = refs.deployment('web');
const env = fc.uniqueArray(fc.record({ name: fc.constantFrom('X', 'Y', 'Z'), value: fc.constantFrom('1', '2') }), {
  selector: (e) => e.name,
});
const container = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c'),
    image: fc.constantFrom('1', '2'),
    env,
    args: fc.array(fc.constantFrom('-v', '-x')),
  },
  { requiredKeys: ['name'] },
);
const spec: fc.Arbitrary<JsonObject> = fc.record(
  {
    replicas: fc.constantFrom(1, 2),
    paused: fc.boolean(),
    template: fc.record({ spec: fc.record({ containers: fc.uniqueArray(container, { selector: (c) => c.name }) }) }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;
const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'x/y'), fc.constantFrom('1', '2'));
const config = fc.record({ spec, labels });
type Config = { spec: JsonObject; labels: { [key: string]: string } };
const wanted = (c: Config) => object(deployment, { spec: c.spec, metadata: { labels: c.labels } });

describe('server-side apply, whatever is applied', () => {
  it('does the same when it is done twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), config), { minLength: 1, maxLength: 5 }),
        (steps) => {
          const { store } = testStore();
          for (const [fieldManager, c] of steps) {
            const once = store.apply(wanted(c), { fieldManager, force: true });
            expect(store.apply(wanted(c), { fieldManager, force: true })).toBe(once);
            expect(store.apply(wanted(c), { fieldManager })).toBe(once);
          }
        },
      ),
    );
  });

  it('holds everything that was applied last, and only that of a sole manager', () => {
    fc.assert(
      fc.property(config, config, (first, second) => {
        const { store } = testStore();
        store.apply(wanted(first), { fieldManager: 'a' });
        const alone = store.apply(wanted(second), { fieldManager: 'a' });
        const fresh = testStore().store.apply(wanted(second), { fieldManager: 'a' });
        const fields = (o: typeof alone) => content({ ...o, metadata: { name: '', labels: o.metadata.labels } });
        expect(bare(fields(alone))).toEqual(bare(fields(fresh)));
        expect(alone.metadata.managedFields).toEqual(fresh.metadata.managedFields);
      }),
    );
  });

  it('never changes a field of another manager unless it is forced', () => {
    fc.assert(
      fc.property(config, config, (mine, theirs) => {
        const { store } = testStore();
        store.apply(wanted(mine), { fieldManager: 'a' });
        try {
          store.apply(wanted(theirs), { fieldManager: 'b' });
        } catch {
          expect(store.get(deployment)?.metadata.managedFields).toHaveLength(1);
        }
        // Whatever happened, the first manager's configuration still stands (the order of items belongs to nobody).
        const before = content(store.get(deployment));
        const after = content(store.apply(wanted(mine), { fieldManager: 'a' }));
        const { added, modified, removed } = compare(before, after, shapeOf(deployment));
        expect(pathsOf(ownable(union(union(added, modified), removed)))).toEqual([]);
      }),
    );
  });
});

/** Without empty parts: taking out the last field of a part may leave nothing or an empty one. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, v]): [string, unknown] => [key, bare(v)]);
  const kept = fields.filter(([, v]) => v !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
