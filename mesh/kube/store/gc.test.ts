import { describe, expect, it } from 'vitest';
import type { Propagation } from '../api.ts';
import type { KubeObject } from '../objects.ts';
import { object, ownedBy, refs, testStore } from '../testing/store.ts';

/** A deployment, its replica set, and the replica set's pod. */
function tree(blockOwnerDeletion = true) {
  const test = testStore();
  const { store } = test;
  const deployment = store.create(object(refs.deployment('d'), { spec: {} }));
  const owned = (owner: KubeObject) => ({ ownerReferences: [ownedBy(owner, { blockOwnerDeletion })] });
  const replicaSet = store.create(object(refs.replicaSet('r'), { metadata: owned(deployment), spec: {} }));
  store.create(object(refs.pod('p'), { metadata: owned(replicaSet), spec: { nodeName: 'n' } }));
  test.told.length = 0;
  const present = () =>
    [refs.deployment('d'), refs.replicaSet('r'), refs.pod('p')].flatMap((ref) => {
      const found = store.get(ref);
      return found === undefined
        ? []
        : [found.metadata.name + (found.metadata.deletionTimestamp ? ' terminating' : '')];
    });
  return { ...test, present, endPod: () => store.delete(refs.pod('p'), { gracePeriodSeconds: 0 }) };
}

// kubernetes.io/docs/concepts/architecture/garbage-collection
describe('garbage collection', () => {
  const cases: [propagation: Propagation, present: string[], afterPod: string[], told: string[]][] = [
    ['Background', ['p terminating'], [], ['DELETED d', 'DELETED r', 'MODIFIED p']],
    ['Foreground', ['d terminating', 'r terminating', 'p terminating'], [], ['MODIFIED d', 'MODIFIED r', 'MODIFIED p']],
    ['Orphan', ['r', 'p'], ['r'], ['MODIFIED r', 'DELETED d']],
  ];
  it.each(cases)('%s', (propagation, left, afterPod, told) => {
    const { store, told: heard, present, endPod } = tree();
    store.delete(refs.deployment('d'), { propagation });
    expect(present()).toEqual(left);
    expect(heard).toEqual(told);
    endPod();
    expect(present()).toEqual(afterPod);
  });

  it('does not wait in the foreground for dependents that do not block', () => {
    const { store, present } = tree(false);
    store.delete(refs.deployment('d'), { propagation: 'Foreground' });
    expect(present()).toEqual(['p terminating']);
  });

  it('collects what has no owner left, and only then', () => {
    const { store } = testStore();
    const [a, b] = ['a', 'b'].map((name) => store.create(object(refs.configMap(name))));
    if (a === undefined || b === undefined) throw new Error('not created');
    const child = refs.configMap('child');
    store.create(object(child, { metadata: { ownerReferences: [ownedBy(a), ownedBy(b)] } }));
    store.delete(refs.configMap('a'));
    expect(store.get(child)?.metadata.ownerReferences).toEqual([ownedBy(b)]);
    store.delete(refs.configMap('b'));
    expect(store.get(child)).toBeUndefined();
  });

  it('keeps a dependent that another owner holds, also in the foreground', () => {
    const { store } = testStore();
    const [a, b] = ['a', 'b'].map((name) => store.create(object(refs.configMap(name))));
    if (a === undefined || b === undefined) throw new Error('not created');
    const child = refs.configMap('child');
    const ownerReferences = [ownedBy(a, { blockOwnerDeletion: true }), ownedBy(b)];
    store.create(object(child, { metadata: { ownerReferences } }));
    store.delete(refs.configMap('a'), { propagation: 'Foreground' });
    expect(store.get(refs.configMap('a'))).toBeUndefined();
    expect(store.get(child)?.metadata.ownerReferences).toEqual([ownedBy(b)]);
  });

  it('collects an object that is made for an owner that is gone; a new object of its name is not it', () => {
    const { store, told } = testStore();
    const owner = store.create(object(refs.configMap('owner')));
    store.delete(refs.configMap('owner'));
    store.create(object(refs.configMap('owner')));
    store.create(object(refs.configMap('late'), { metadata: { ownerReferences: [ownedBy(owner)] } }));
    expect(told.slice(-2)).toEqual(['ADDED late', 'DELETED late']);
  });

  it('is over before anybody hears of it', () => {
    const { store, present } = tree();
    const seen: string[][] = [];
    store.subscribe(() => void seen.push(present()));
    store.delete(refs.deployment('d'));
    expect(seen).toEqual([['p terminating'], ['p terminating'], ['p terminating']]);
  });
});
