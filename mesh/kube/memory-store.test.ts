import { describe, expect, it } from 'vitest';
import { invalid } from './errors.ts';
import type { Admit } from './memory-store.ts';
import { object, refs, refusal, testKinds, testStore } from './testing/store.ts';

const config = refs.configMap('c');
const deployment = refs.deployment('web');

describe('creating', () => {
  it('fills what the server fills, and drops what a client may not set', () => {
    const { store } = testStore();
    const sent = { uid: 'mine', generation: 9, creationTimestamp: '1999-01-01T00:00:00Z', deletionTimestamp: 'x' };
    const made = store.create(object(deployment, { metadata: sent, spec: { replicas: 1 }, status: { replicas: 9 } }));
    expect(made).toMatchObject({
      metadata: {
        name: 'web',
        namespace: 'default',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        generation: 1,
        creationTimestamp: '2026-01-02T03:04:05Z',
        resourceVersion: String(store.revision),
      },
      spec: { replicas: 1 },
    });
    expect(made.status).toBeUndefined();
    expect(made.metadata.deletionTimestamp).toBeUndefined();
    for (const part of [made, made.spec, made.metadata, made.metadata.managedFields]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('keeps nothing of the caller’s object', () => {
    const { store } = testStore();
    const mine = object(config, { data: { a: '1' } });
    store.create(mine);
    (mine.data as { a: string }).a = '2';
    expect(store.get(config)?.data).toEqual({ a: '1' });
  });

  it.each<[string, unknown, number]>([
    ['no metadata', undefined, 422],
    ['null', null, 422],
    ['a text', 'web', 400],
    ['a name that is a number', { name: 5 }, 400],
    ['a generateName that is a list', { generateName: [] }, 400],
    ['a namespace that is an object', { name: 'a', namespace: {} }, 400],
  ])('refuses an object with metadata that cannot name it: %s', (_, metadata, code) => {
    const { store } = testStore();
    const sent = { ...object(config), metadata } as ReturnType<typeof object>;
    expect(refusal(() => store.create(sent))).toMatch(new RegExp(`^${code} `));
  });

  it('generates names that are free', () => {
    const { store } = testStore();
    const names = [1, 2, 3].map(
      () => store.create(object(refs.configMap(''), { metadata: { generateName: 'run-' } })).metadata.name,
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^run-[a-z0-9]{5}$/);
  });

  it('stores one version of kinds that are served in several', () => {
    const { store } = testStore();
    const beta = { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', name: 'r' };
    expect(store.create(object(beta, { spec: {} })).apiVersion).toBe('networking.istio.io/v1');
    expect(store.get(beta)).toBe(store.get({ ...beta, apiVersion: 'networking.istio.io/v1' }));
  });

  const refused: [what: string, wanted: ReturnType<typeof object>, message: RegExp | string][] = [
    [
      'an unknown kind',
      object({ apiVersion: 'v2', kind: 'X', name: 'x' }),
      '404 NotFound: the server could not find the requested resource',
    ],
    ['a present name', object(refs.configMap('present')), '409 AlreadyExists: configmaps "present" already exists'],
    ['a missing namespace', object(refs.configMap('c', 'nope')), '404 NotFound: namespaces "nope" not found'],
    [
      'a wrong name',
      object(refs.configMap('C')),
      /^422 Invalid: ConfigMap "C" is invalid: metadata.name: Invalid value: "C": a lowercase RFC 1123/,
    ],
    ['a wrong name of a group', object(refs.deployment('C')), /^422 Invalid: Deployment.apps "C" is invalid: /],
    ['no name', object(refs.configMap('')), /^422 .*metadata.name: Required value: name or generateName is required$/],
    [
      'a resourceVersion',
      object(config, { metadata: { resourceVersion: '5' } }),
      /^400 .*resourceVersion should not be set/,
    ],
  ];
  it.each(refused)('refuses %s', (_what, wanted, message) => {
    const { store, told } = testStore();
    store.create(object(refs.configMap('present')));
    expect(refusal(() => store.create(wanted))).toMatch(message);
    expect(told).toEqual(['ADDED present']);
  });
});

describe('updating', () => {
  const made = (spec = {}) => {
    const test = testStore();
    const first = test.store.create(object(deployment, { spec: { replicas: 1, ...spec } }));
    return { ...test, first };
  };

  it('counts generations by spec, not by metadata or status', () => {
    const { store, first } = made();
    const labelled = store.update({ ...first, metadata: { ...first.metadata, labels: { a: 'b' } } });
    expect(labelled.metadata.generation).toBe(1);
    const observed = store.update({ ...labelled, status: { replicas: 1 } }, { subresource: 'status' });
    expect(observed.metadata.generation).toBe(1);
    const scaled = store.update({ ...observed, spec: { replicas: 2 } });
    expect(scaled.metadata.generation).toBe(2);
    expect([first, labelled, observed, scaled].map((o) => Number(o.metadata.resourceVersion))).toEqual([5, 6, 7, 8]);
  });

  it('keeps status and the rest apart', () => {
    const { store, first } = made();
    const withStatus = store.update(
      { ...first, spec: { replicas: 9 }, status: { replicas: 1 } },
      { subresource: 'status' },
    );
    expect(withStatus).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 1 } });
    const next = store.update({ ...withStatus, spec: { replicas: 2 }, status: { replicas: 9 } });
    expect(next).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 1 } });
  });

  it('refuses the status of kinds that have none', () => {
    const { store } = testStore();
    store.create(object(config));
    expect(refusal(() => store.update(object(config), { subresource: 'status' }))).toMatch(/^404/);
  });

  it('keeps the server’s metadata', () => {
    const { store, first } = made();
    const sent = { name: 'web', creationTimestamp: 'x', generation: 7, deletionTimestamp: 'x', labels: { a: 'b' } };
    const next = store.update({ ...first, metadata: sent });
    const { resourceVersion, managedFields, ...kept } = first.metadata;
    expect(next.metadata).toMatchObject({ ...kept, labels: { a: 'b' } });
  });

  it('tells nothing of a write that changes nothing', () => {
    const { store, first, told } = made();
    expect(store.update(structuredClone(first))).toBe(first);
    expect(store.update(object(deployment, { spec: { replicas: 1 } }))).toBe(first);
    expect(told).toEqual(['ADDED web']);
  });

  it('tells what was before and what is now', () => {
    const { store, first, events } = made();
    const next = store.update({ ...first, spec: { replicas: 2 } });
    expect(events[1]).toEqual({ type: 'MODIFIED', object: next, previous: first, revision: 6 });
  });

  it('refuses old versions, other uids and absent objects', () => {
    const { store, first } = made();
    store.update({ ...first, spec: { replicas: 2 } });
    expect(refusal(() => store.update({ ...first, spec: { replicas: 3 } }))).toBe(
      '409 Conflict: Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    );
    const other = object(deployment, { metadata: { uid: 'u' } });
    expect(refusal(() => store.update(other))).toMatch(/^409 .*UID in precondition: u, UID in object meta: /);
    expect(refusal(() => store.update(object(config)))).toBe('404 NotFound: configmaps "c" not found');
  });

  it('refuses like a write in a dry run, and stores nothing', () => {
    const { store, first, told } = made();
    expect(store.update({ ...first, spec: { replicas: 5 } }, { dryRun: true }).spec).toEqual({ replicas: 5 });
    expect(refusal(() => store.create(object(deployment), { dryRun: true }))).toMatch(/^409 AlreadyExists/);
    expect(store.create(object(config), { dryRun: true }).metadata.uid).toBeDefined();
    expect([store.get(deployment), store.get(config), told]).toEqual([first, undefined, ['ADDED web']]);
  });

  it('says who owns what, and lets a writer clear it', () => {
    const { store, first } = made();
    const next = store.update({ ...first, spec: { replicas: 2 } }, { fieldManager: 'kubectl-scale' });
    expect(next.metadata.managedFields).toContainEqual({
      manager: 'kubectl-scale',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: '2026-01-02T03:04:05Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    });
    const status = store.update({ ...next, status: { replicas: 2 } }, { subresource: 'status', fieldManager: 'kcm' });
    expect(status.metadata.managedFields).toContainEqual(
      expect.objectContaining({ manager: 'kcm', subresource: 'status' }),
    );
    const cleared = store.update({ ...status, metadata: { ...status.metadata, managedFields: [] } });
    expect(cleared.metadata.managedFields).toBeUndefined();
  });
});

describe('listing', () => {
  const { store } = testStore();
  store.create(object(refs.namespace('shop')));
  for (const [name, namespace, app] of [
    ['b', 'shop', 'x'],
    ['a', 'shop', 'y'],
    ['c', 'default', 'x'],
  ] as const) {
    store.create(object(refs.configMap(name, namespace), { metadata: { labels: { app } } }));
  }
  const cases: [options: Parameters<typeof store.list>[1], names: string[]][] = [
    [{}, ['c', 'a', 'b']],
    [{ namespace: 'shop' }, ['a', 'b']],
    [{ namespace: 'nope' }, []],
    [{ labelSelector: 'app=x' }, ['c', 'b']],
    [{ namespace: 'shop', labelSelector: 'app=x', fieldSelector: 'metadata.name!=a' }, ['b']],
  ];
  it.each(cases)('%j', (options, names) => {
    expect(store.list(config, options).map((o) => o.metadata.name)).toEqual(names);
  });

  it('refuses unknown kinds and wrong selectors', () => {
    expect(refusal(() => store.list({ apiVersion: 'v1', kind: 'X' }))).toMatch(/^404/);
    expect(refusal(() => store.list(config, { labelSelector: 'a b' }))).toMatch(/^400/);
  });
});

describe('admission', () => {
  const admit: Admit = (wanted, previous, operation) => {
    const info = testKinds.find(wanted);
    if (info !== undefined && wanted.spec?.replicas === -1) {
      throw invalid(info, wanted.metadata.name, [
        { field: 'spec.replicas', message: 'Invalid value: -1: must be positive' },
      ]);
    }
    const seen = `${operation} ${previous?.spec?.replicas ?? '-'}`;
    return operation === 'status' ? wanted : { ...wanted, spec: { paused: false, seen, ...wanted.spec } };
  };

  it('fills defaults, which belong to whoever creates', () => {
    const { store } = testStore({ admit });
    const made = store.create(object(deployment, { spec: { replicas: 1 } }), { fieldManager: 'm' });
    expect(made.spec).toEqual({ replicas: 1, paused: false, seen: 'create -' });
    expect(JSON.stringify(made.metadata.managedFields)).toContain('f:paused');
    const next = store.update(object(deployment, { spec: { replicas: 2 } }));
    expect(next.spec?.seen).toBe('update 1');
  });

  it('does not make defaults the applier’s', () => {
    const { store } = testStore({ admit });
    const made = store.apply(object(deployment, { spec: { replicas: 1 } }), { fieldManager: 'm' });
    expect(made.spec?.paused).toBe(false);
    expect(made.metadata.managedFields?.[0]?.fieldsV1).toEqual({ 'f:spec': { 'f:replicas': {} } });
    expect(store.apply(object(deployment, { spec: { replicas: 1 } }), { fieldManager: 'm' })).toBe(made);
  });

  it('refuses before anything happens', () => {
    const { store, told } = testStore({ admit });
    const message = '422 Invalid: Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be positive';
    const wrong = object(deployment, { spec: { replicas: -1 } });
    expect(refusal(() => store.create(wrong))).toBe(message);
    expect(refusal(() => store.apply(wrong, { fieldManager: 'm' }))).toBe(message);
    expect(told).toEqual([]);
  });

  it('cannot change what is stored by accident', () => {
    const meddling: Admit = (wanted) => {
      wanted.metadata.labels = {};
      return wanted;
    };
    expect(() => testStore({ admit: meddling })).toThrow(TypeError);
  });
});
