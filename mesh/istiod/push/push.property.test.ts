import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectsOf } from '../../../test/support/istiod-mesh.ts';
import type { Problem } from '../../problem.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { announcedProxy } from '../snapshot/proxy-of.ts';
import type { XdsConfig } from '../xds/types.ts';
import { PushMesh } from './testing/push-mesh.ts';
import { meshConfigs, slots } from './testing/variants.ts';

interface Change {
  slot: number;
  variant: number;
  age: number;
}
interface Sequence {
  /** What is there before any sidecar, beside the base. */
  first: Change[];
  /** How many changes of the sequence make one push. */
  batch: number;
  changes: Change[];
}

/** The variant after the last is absence; the slot after the last is the mesh config. */
const change: fc.Arbitrary<Change> = fc.record({ slot: fc.nat(slots.length), variant: fc.nat(11), age: fc.nat(3) });
const sequence: fc.Arbitrary<Sequence> = fc.record({
  first: fc.array(change, { maxLength: 12 }),
  batch: fc.constantFrom(1, 1, 1, 3),
  changes: fc.array(change, { minLength: 1, maxLength: 10 }),
});

const problemsOf = (problems: readonly Problem[]) => [...new Set(problems.map((p) => JSON.stringify(p)))].sort();
const plain = ({ origins, problems, ...config }: XdsConfig) => ({
  ...config,
  problems: problemsOf(problems),
  origins: Object.fromEntries([...origins].sort(([a], [b]) => (a < b ? -1 : 1))),
});

/** What exists in the beginning: the first variant of each slot that has one that belongs to the base. */
const base = () =>
  objectsOf(
    slots
      .filter((s) => s.base)
      .map((s) => s.variants[0])
      .join('\n---\n'),
  );

function apply(mesh: PushMesh, { slot, variant, age }: Change): void {
  const { variants } = slots[slot] ?? { variants: [] };
  if (slot === slots.length) {
    mesh.mesh = installedMeshConfig(meshConfigs[variant % meshConfigs.length]);
    return;
  }
  const [like] = objectsOf(variants[0] ?? '');
  const text = variants[variant % (variants.length + 1)];
  if (!like) throw new Error(`slot ${slot} has no variant`);
  if (text === undefined) mesh.remove(like);
  for (const object of objectsOf(text ?? '')) {
    const creationTimestamp = new Date(Date.UTC(2026, 1, 1, 0, 0, age)).toISOString();
    mesh.put({ ...object, metadata: { ...object.metadata, creationTimestamp } });
  }
}

describe('PushGenerator', () => {
  it('keeps what a fresh xds() would make, whatever changes', () => {
    fc.assert(
      fc.property(sequence, ({ first, batch, changes }) => {
        const mesh = new PushMesh(base());
        for (const one of first) apply(mesh, one);
        mesh.push();
        mesh.connect('shop/web-v1', 'shop/catalog-v1', 'lab/client', 'lab/db-0');
        mesh.connectAs('vm', (snapshot) =>
          announcedProxy(
            { name: 'vm', namespace: 'lab', ip: '10.0.0.9', labels: { app: 'vm' }, metadata: {} },
            snapshot,
          ),
        );
        for (const [i, change] of changes.entries()) {
          apply(mesh, change);
          if ((i + 1) % batch !== 0 && i + 1 !== changes.length) continue;
          mesh.push();
          for (const { name, kept, fresh } of mesh.compared()) {
            const [a, b] = [plain(kept), plain(fresh)];
            // The text is compared first, because that is far faster.
            if (JSON.stringify(a) !== JSON.stringify(b)) expect({ name, ...a }).toEqual({ name, ...b });
          }
        }
      }),
      { seed: 20260101, numRuns: 100 },
    );
  }, 120_000);
});
