import { describe, expect, it } from 'vitest';
import type { WatchEvent, WatchOptions } from '../api.ts';
import type { KindInfo } from '../kind-info.ts';
import { object, refs, refusal, testKinds, testStore } from '../testing/store.ts';
import { createHistory } from './history.ts';
import { watchKind } from './watch.ts';

const info = testKinds.find(refs.configMap('')) as KindInfo;
const text = ({ type, object: o }: WatchEvent) =>
  `${type} ${o.metadata.name}${o.metadata.labels?.app === undefined ? '' : `:${o.metadata.labels.app}`}`;

function watched(size?: number) {
  const { store } = testStore();
  const history = createHistory(store, size);
  const stop = new AbortController();
  const put = (name: string, app?: string) => {
    const wanted = object(refs.configMap(name), app === undefined ? {} : { metadata: { labels: { app } } });
    return store.get(refs.configMap(name)) === undefined ? store.create(wanted) : store.update(wanted);
  };
  const watch = (options: Partial<WatchOptions> = {}) =>
    watchKind({ store, history }, info, { signal: stop.signal, ...options });
  const remove = (name: string) => store.delete(refs.configMap(name));
  return { store, stop, put, watch, remove };
}

/** The next events of a watch. */
async function take(events: AsyncIterable<WatchEvent>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const event of events) if (taken.push(text(event)) === count) break;
  return taken;
}

describe('watch', () => {
  it('begins with what is there, then tells changes', async () => {
    const { put, watch, remove } = watched();
    put('a');
    const events = watch();
    put('b');
    put('b', 'x');
    remove('a');
    expect(await take(events, 4)).toEqual(['ADDED a', 'ADDED b', 'MODIFIED b:x', 'DELETED a']);
  });

  it('starts after a version', async () => {
    const { put, watch, store } = watched();
    put('a');
    const resourceVersion = String(store.revision);
    put('b');
    put('c');
    expect(await take(watch({ resourceVersion }), 2)).toEqual(['ADDED b', 'ADDED c']);
    expect(await take(watch({ resourceVersion: '0' }), 3)).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
  });

  it('tells by the selector: entering is ADDED, leaving is DELETED with the last state that was in it', async () => {
    const { put, watch, remove, store } = watched();
    const events = watch({ labelSelector: 'app=x' });
    put('a', 'y');
    put('a', 'x');
    put('a', 'y');
    const left = store.revision;
    put('a', 'z');
    put('b', 'x');
    remove('b');
    remove('a');
    const taken: WatchEvent[] = [];
    for await (const event of events) if (taken.push(event) === 4) break;
    expect(taken.map(text)).toEqual(['ADDED a:x', 'DELETED a:x', 'ADDED b:x', 'DELETED b:x']);
    expect(taken[1]?.object.metadata.resourceVersion).toBe(String(left));
  });

  it('tells one kind, one namespace, chosen fields', async () => {
    const { put, watch, store } = watched();
    store.create(object(refs.namespace('shop')));
    const inShop = watch({ namespace: 'shop' });
    const named = watch({ fieldSelector: 'metadata.name=b' });
    put('a');
    store.create(object(refs.deployment('b')));
    put('b');
    store.create(object(refs.configMap('s', 'shop')));
    expect(await take(inShop, 1)).toEqual(['ADDED s']);
    expect(await take(named, 1)).toEqual(['ADDED b']);
  });

  it('wakes a reader that waits', async () => {
    const { put, watch } = watched();
    const next = take(watch(), 1);
    await Promise.resolve();
    put('a');
    expect(await next).toEqual(['ADDED a']);
  });

  it('ends with its signal, also while it waits', async () => {
    const { watch, stop, put } = watched();
    put('a');
    const all = take(watch(), 99);
    await Promise.resolve();
    stop.abort();
    expect((await all).length).toBeLessThanOrEqual(1);
    expect(await take(watch(), 99)).toEqual([]);
  });

  it('refuses versions that are forgotten with 410', () => {
    const { put, watch, store } = watched(4);
    const old = String(store.revision);
    for (let i = 0; i < 20; i += 1) put(`c${i}`);
    expect(refusal(() => watch({ resourceVersion: old }))).toMatch(
      /^410 Expired: too old resource version: 4 \(\d+\)$/,
    );
    expect(refusal(() => watch({ resourceVersion: String(store.revision - 2) }))).toBe('none');
    expect(refusal(() => watch({ resourceVersion: 'x' }))).toMatch(/^400/);
  });

  it('gives a reader that falls behind 410 instead of an endless buffer', async () => {
    const { put, watch } = watched(4);
    const events = watch()[Symbol.asyncIterator]();
    put('a');
    expect((await events.next()).value?.type).toBe('ADDED');
    for (let i = 0; i < 100; i += 1) put(`c${i}`);
    await expect(events.next()).rejects.toMatchObject({ code: 410, reason: 'Expired' });
  });

  it('marks the end of what was there, and its place while nothing matches, only when asked', async () => {
    const { put, watch, store } = watched();
    put('a');
    const options = { allowWatchBookmarks: true, fieldSelector: 'metadata.name=a' };
    const events = watch(options)[Symbol.asyncIterator]();
    const start = store.revision;
    expect((await events.next()).value).toMatchObject({ type: 'ADDED' });
    expect((await events.next()).value).toEqual({
      type: 'BOOKMARK',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: '',
          resourceVersion: String(start),
          annotations: { 'k8s.io/initial-events-end': 'true' },
        },
      },
    });
    for (let i = 0; i < 300; i += 1) put(`c${i}`);
    const { value } = await events.next();
    expect(value?.type).toBe('BOOKMARK');
    expect(Number(value?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(start + 256);
    const plain = watch({ fieldSelector: 'metadata.name=a' });
    put('a', 'x');
    expect(await take(plain, 2)).toEqual(['ADDED a', 'MODIFIED a:x']);
  });
});
