import { describe, expect, it } from 'vitest';
import type { Patch } from '../api.ts';
import { object, refs, refusal, testKinds, testStore } from '../testing/store.ts';

const route = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', name: 'r' };

describe('patching stored objects', () => {
  const { store } = testStore();
  store.create(object(refs.configMap('c'), { data: { a: '1' } }));
  store.create(object(route, { spec: { hosts: ['a', 'b'] } }));

  const refused: [what: string, patch: Patch, message: RegExp][] = [
    [
      'another name',
      { type: 'merge', body: { metadata: { name: 'd' } } },
      /^400 .*the name of the object \(d\) does not match/,
    ],
    [
      'another namespace',
      { type: 'merge', body: { metadata: { namespace: 'x' } } },
      /^400 .*namespace of the provided/,
    ],
    ['another kind', { type: 'merge', body: { kind: 'Secret' } }, /^400 .*cannot make v1 ConfigMap into v1 Secret/],
    ['no object', { type: 'merge', body: 'x' }, /^400 /],
    ['an old version', { type: 'merge', body: { metadata: { resourceVersion: '1' } } }, /^409 Conflict/],
  ];
  it.each(refused)('refuses %s', (_what, patch, message) => {
    expect(refusal(() => store.patch(refs.configMap('c'), patch))).toMatch(message);
  });

  it('refuses strategic merge patch for custom resources', () => {
    const patch: Patch = { type: 'strategic', body: { spec: { hosts: ['c'] } } };
    expect(refusal(() => store.patch(route, patch))).toMatch(
      /^415 UnsupportedMediaType: .*accepted media types include/,
    );
  });

  it('refuses what is not there', () => {
    const patch: Patch = { type: 'merge', body: {} };
    expect(refusal(() => store.patch(refs.configMap('nope'), patch))).toBe('404 NotFound: configmaps "nope" not found');
  });

  it('replaces lists of custom resources as a whole', () => {
    const next = store.patch(route, { type: 'merge', body: { spec: { hosts: ['c'] } } });
    expect(next.spec).toEqual({ hosts: ['c'] });
  });

  it('works in any served version and stores one', () => {
    const beta = { ...route, apiVersion: 'networking.istio.io/v1beta1' };
    const next = store.patch(beta, { type: 'json', body: [{ op: 'add', path: '/spec/hosts/-', value: 'd' }] });
    expect(next.apiVersion).toBe('networking.istio.io/v1');
    expect(next.metadata.managedFields?.map((m) => m.apiVersion)).toContain('networking.istio.io/v1beta1');
    expect(testKinds.find(beta)).toBe(testKinds.find(route));
  });

  it('writes only the status through the status subresource', () => {
    const body = { spec: { hosts: ['x'] }, status: { observedGeneration: 1 } };
    const before = store.get(route);
    const next = store.patch(route, { type: 'merge', body }, { subresource: 'status' });
    expect(next.spec).toEqual(before?.spec);
    expect(next.status).toEqual({ observedGeneration: 1 });
  });
});
