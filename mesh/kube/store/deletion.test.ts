import { describe, expect, it } from 'vitest';
import { object, ownedBy, refs, refusal, type TestStore, testStore } from '../testing/store.ts';

const config = refs.configMap('c');
const pod = refs.pod('p');
const remove = (test: TestStore, ref = pod, gracePeriodSeconds?: number) =>
  test.store.delete(ref, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });

describe('deleting', () => {
  it('removes, and tells the last state under a new version', () => {
    const test = testStore();
    const made = test.store.create(object(config, { data: { a: '1' } }));
    test.store.delete(config);
    expect(test.store.get(config)).toBeUndefined();
    const { type, object: last, previous, revision } = test.events.at(-1) ?? {};
    expect({ type, previous, revision }).toEqual({ type: 'DELETED', previous: made, revision: 6 });
    expect(last).toEqual({ ...made, metadata: { ...made.metadata, resourceVersion: '6' } });
    expect(refusal(() => test.store.delete(config))).toBe('404 NotFound: configmaps "c" not found');
  });

  it('waits for finalizers, and admits no new ones', () => {
    const { store, told } = testStore();
    const made = store.create(object(config, { metadata: { finalizers: ['a', 'b'] }, spec: {} }));
    store.delete(config);
    store.delete(config);
    const waiting = store.get(config);
    expect(waiting?.metadata).toMatchObject({
      deletionTimestamp: '2026-01-02T03:04:05Z',
      deletionGracePeriodSeconds: 0,
      generation: (made.metadata.generation ?? 0) + 1,
    });
    const finalizers = (list: string[]) =>
      store.patch(config, { type: 'merge', body: { metadata: { finalizers: list } } });
    expect(refusal(() => finalizers(['a', 'b', 'c']))).toMatch(
      /^422 .*no new finalizers can be added if the object is being deleted, found new finalizers \[\]string\{"c"\}$/,
    );
    finalizers(['b']);
    finalizers([]);
    expect(store.get(config)).toBeUndefined();
    expect(told).toEqual(['ADDED c', 'MODIFIED c', 'MODIFIED c', 'MODIFIED c', 'DELETED c']);
  });
});

describe('the grace period of pods', () => {
  const running = (spec = {}, status = {}) => {
    const test = testStore();
    const made = test.store.create(object(pod, { spec: { nodeName: 'n', ...spec } }));
    test.store.update({ ...made, status }, { subresource: 'status' });
    return test;
  };
  const meta = ({ store }: TestStore) => {
    const { deletionTimestamp, deletionGracePeriodSeconds } = store.get(pod)?.metadata ?? {};
    return [deletionTimestamp, deletionGracePeriodSeconds];
  };

  const cases: [
    what: string,
    spec: object,
    asked: number | undefined,
    times: [string | undefined, number | undefined],
  ][] = [
    ['is 30 s', {}, undefined, ['2026-01-02T03:04:35Z', 30]],
    ['is the pod’s own', { terminationGracePeriodSeconds: 5 }, undefined, ['2026-01-02T03:04:10Z', 5]],
    ['is the one asked for', { terminationGracePeriodSeconds: 5 }, 60, ['2026-01-02T03:05:05Z', 60]],
    ['of 0 removes at once', {}, 0, [undefined, undefined]],
    ['is none for a pod that no node runs', { nodeName: '' }, undefined, [undefined, undefined]],
  ];
  it.each(cases)('%s', (_what, spec, asked, times) => {
    const test = running(spec);
    remove(test, pod, asked);
    expect(meta(test)).toEqual(times);
  });

  it.each(['Succeeded', 'Failed'])('is none for a pod that has %s', (phase) => {
    const test = running({}, { phase });
    remove(test);
    expect(test.store.get(pod)).toBeUndefined();
  });

  it('can be shortened and not lengthened; the kubelet ends it with 0', () => {
    const test = running();
    remove(test, pod, 20);
    test.clock.advance(5_000);
    remove(test, pod, 40);
    expect(meta(test)).toEqual(['2026-01-02T03:04:25Z', 20]);
    remove(test, pod, 10);
    expect(meta(test)).toEqual(['2026-01-02T03:04:15Z', 10]);
    remove(test, pod, 0);
    expect(test.store.get(pod)).toBeUndefined();
  });

  it('keeps a pod whose finalizers go first until the kubelet is done', () => {
    const test = testStore();
    test.store.create(object(pod, { metadata: { finalizers: ['f'] }, spec: { nodeName: 'n' } }));
    remove(test);
    test.store.patch(pod, { type: 'merge', body: { metadata: { finalizers: null } } });
    expect(meta(test)[1]).toBe(30);
    remove(test, pod, 0);
    expect(test.store.get(pod)).toBeUndefined();
  });
});

describe('namespaces', () => {
  it('of a fresh cluster are there, labelled and active', () => {
    const { store } = testStore();
    expect(store.list(refs.namespace('')).map((n) => [n.metadata.name, n.metadata.labels, n.status])).toEqual(
      ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => [
        name,
        { 'kubernetes.io/metadata.name': name },
        { phase: 'Active' },
      ]),
    );
  });

  it('may not all be deleted', () => {
    const { store } = testStore();
    expect(refusal(() => store.delete(refs.namespace('default')))).toBe(
      '403 Forbidden: namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });

  it('go with their contents, pods last, and take nothing new meanwhile', () => {
    const { store, told } = testStore();
    store.create(object(refs.namespace('shop')));
    store.create(object(refs.configMap('c', 'shop')));
    const place = { ...pod, namespace: 'shop' };
    store.create(object(place, { spec: { nodeName: 'n' } }));
    store.delete(refs.namespace('shop'));
    expect(store.get(refs.namespace('shop'))?.status).toEqual({ phase: 'Terminating' });
    expect(store.get(refs.configMap('c', 'shop'))).toBeUndefined();
    expect(refusal(() => store.create(object(refs.configMap('d', 'shop'))))).toBe(
      '403 Forbidden: configmaps "d" is forbidden: unable to create new content in namespace shop because it is being terminated',
    );
    store.delete(place, { gracePeriodSeconds: 0 });
    expect(store.get(refs.namespace('shop'))).toBeUndefined();
    expect(told.slice(-2)).toEqual(['DELETED p', 'DELETED shop']);
  });

  it('go at once when they are empty, and wait for their own finalizers', () => {
    const { store } = testStore();
    store.create(object(refs.namespace('a')));
    store.delete(refs.namespace('a'));
    expect(store.get(refs.namespace('a'))).toBeUndefined();
    store.create(object(refs.namespace('b'), { metadata: { finalizers: ['f'] } }));
    store.delete(refs.namespace('b'));
    expect(store.get(refs.namespace('b'))).toBeDefined();
    store.patch(refs.namespace('b'), { type: 'merge', body: { metadata: { finalizers: null } } });
    expect(store.get(refs.namespace('b'))).toBeUndefined();
  });
});

it('an owner in another namespace is no owner', () => {
  const { store } = testStore();
  store.create(object(refs.namespace('shop')));
  const owner = store.create(object(refs.configMap('owner', 'shop')));
  store.create(object(config, { metadata: { ownerReferences: [ownedBy(owner)] } }));
  expect(store.get(config)).toBeUndefined();
});
