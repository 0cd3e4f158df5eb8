import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { ApiError } from '../api.ts';
import { object, refs, refusal, testStore } from '../testing/store.ts';

const deployment = refs.deployment('web');
const config = refs.configMap('c');
const web = (spec: JsonObject, labels?: { [key: string]: string }) =>
  object(deployment, { spec, ...(labels === undefined ? {} : { metadata: { labels } }) });
const containers = (...list: JsonObject[]) => ({ template: { spec: { containers: list } } });

/** Applies in turn as `manager`; answers with the last object. */
function applied(...steps: [manager: string, object: ReturnType<typeof object>, force?: boolean][]) {
  const { store, told } = testStore();
  const results = steps.map(([fieldManager, wanted, force = false]) => store.apply(wanted, { fieldManager, force }));
  const last = results.at(-1);
  if (last === undefined) throw new Error('no step');
  return { store, told, last };
}
const owners = (o: ReturnType<typeof object>) =>
  Object.fromEntries((o.metadata.managedFields ?? []).map((m) => [`${m.manager} ${m.operation}`, m.fieldsV1]));

// Rules: kubernetes.io/docs/reference/using-api/server-side-apply
describe('server-side apply', () => {
  it('creates, and owns what was named', () => {
    const { last } = applied(['a', web({ replicas: 1, ...containers({ name: 'x', image: 'i' }) }, { app: 'web' })]);
    expect(last.metadata.generation).toBe(1);
    expect(owners(last)).toEqual({
      'a Apply': {
        'f:metadata': { 'f:labels': { 'f:app': {} } },
        'f:spec': {
          'f:replicas': {},
          'f:template': {
            'f:spec': { 'f:containers': { 'k:{"name":"x"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
          },
        },
      },
    });
  });

  it('removes fields that the manager no longer applies', () => {
    const { last } = applied(
      ['a', web({ replicas: 1, paused: true }, { app: 'web', tier: 'x' })],
      ['a', web({ replicas: 1 }, { app: 'web' })],
    );
    expect(last.spec).toEqual({ replicas: 1 });
    expect(last.metadata.labels).toEqual({ app: 'web' });
  });

  it('removes list items that the manager no longer applies, and keeps those of others', () => {
    const { last } = applied(
      ['a', web(containers({ name: 'x', image: '1' }, { name: 'y', image: '1' }))],
      ['b', web(containers({ name: 'z', image: '2' }))],
      ['a', web(containers({ name: 'x', image: '1' }))],
    );
    expect(last.spec).toEqual(containers({ name: 'x', image: '1' }, { name: 'z', image: '2' }));
  });

  it('lets two managers own one value, and keeps it until both have let go', () => {
    const labels = { app: 'web' };
    const both = applied(['a', web({ replicas: 1 }, labels)], ['b', web({ replicas: 1 })]);
    expect(Object.keys(owners(both.last))).toEqual(['a Apply', 'b Apply']);
    const one = both.store.apply(web({}, labels), { fieldManager: 'a' });
    expect(one.spec).toEqual({ replicas: 1 });
    const none = both.store.apply(web({}), { fieldManager: 'b' });
    expect(none.spec?.replicas).toBeUndefined();
  });

  it('refuses to change what another manager applied, naming manager and field', () => {
    const { store } = applied(['a', web({ replicas: 1 })]);
    const call = () => store.apply(web({ replicas: 2 }), { fieldManager: 'b' });
    expect(refusal(call)).toBe('409 Conflict: Apply failed with 1 conflict: conflict with "a": .spec.replicas');
    expect(call).toThrow(ApiError);
    expect(store.get(deployment)?.spec).toEqual({ replicas: 1 });
  });

  it('lists every conflict under its manager', () => {
    const { store } = applied(
      ['a', web({ replicas: 1, ...containers({ name: 'x', image: '1' }) })],
      ['b', web({}, { app: 'b' })],
    );
    store.patch(deployment, { type: 'merge', body: { spec: { paused: true } } }, { fieldManager: 'kubectl-edit' });
    const wanted = web({ paused: false, ...containers({ name: 'x', image: '2' }) }, { app: 'c' });
    expect(refusal(() => store.apply(wanted, { fieldManager: 'c' }))).toBe(
      [
        '409 Conflict: Apply failed with 3 conflicts: conflicts with "a":',
        '- .spec.template.spec.containers[name="x"].image',
        'conflicts with "b":',
        '- .metadata.labels.app',
        'conflicts with "kubectl-edit" using apps/v1 at 2026-01-02T03:04:05Z:',
        '- .spec.paused',
      ].join('\n'),
    );
  });

  it('takes fields over when forced; the other manager loses them', () => {
    const { last } = applied(['a', web({ replicas: 1, paused: true })], ['b', web({ replicas: 2 }), true]);
    expect(last.spec).toEqual({ replicas: 2, paused: true });
    expect(owners(last)).toEqual({
      'a Apply': { 'f:spec': { 'f:paused': {} } },
      'b Apply': { 'f:spec': { 'f:replicas': {} } },
    });
  });

  it('gives ownership to whoever changes a value in another way', () => {
    const { store } = applied(['a', web({ replicas: 1, paused: true })]);
    const patched = store.patch(
      deployment,
      { type: 'merge', body: { spec: { replicas: 5 } } },
      { fieldManager: 'hpa' },
    );
    expect(owners(patched)).toEqual({
      'a Apply': { 'f:spec': { 'f:paused': {} } },
      'hpa Update': { 'f:spec': { 'f:replicas': {} } },
    });
    expect(store.apply(web({ paused: true }), { fieldManager: 'a' }).spec).toEqual({ replicas: 5, paused: true });
  });

  it('owns atomic parts as one: selectors, and lists of custom resources', () => {
    const route = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', name: 'r' };
    const { last, store } = applied(['a', object(route, { spec: { hosts: ['x'], http: [{ name: 'n' }] } })]);
    expect(owners(last)['a Apply']).toEqual({ 'f:spec': { 'f:hosts': {}, 'f:http': {} } });
    expect(refusal(() => store.apply(object(route, { spec: { hosts: ['y'] } }), { fieldManager: 'b' }))).toMatch(
      /conflict with "a": \.spec\.hosts$/,
    );
    const selected = applied(['a', web({ selector: { matchLabels: { app: 'web' } } })]);
    expect(owners(selected.last)['a Apply']).toEqual({ 'f:spec': { 'f:selector': {} } });
  });

  it('tells ports of one number apart by protocol, TCP when absent', () => {
    const service = { apiVersion: 'v1', kind: 'Service', name: 's' };
    const { last } = applied(
      ['a', object(service, { spec: { ports: [{ port: 53, name: 'dns-tcp' }] } })],
      ['b', object(service, { spec: { ports: [{ port: 53, protocol: 'UDP', name: 'dns' }] } })],
    );
    expect(last.spec?.ports).toEqual([
      { port: 53, name: 'dns-tcp' },
      { port: 53, protocol: 'UDP', name: 'dns' },
    ]);
  });

  it('does nothing when nothing changes, also later', () => {
    const { store, clock, told } = testStore();
    const first = store.apply(web({ replicas: 1 }), { fieldManager: 'a' });
    clock.advance(60_000);
    expect(store.apply(web({ replicas: 1 }), { fieldManager: 'a' })).toBe(first);
    expect(told).toEqual(['ADDED web']);
  });

  it('takes ownership of a field from everybody when somebody removes it', () => {
    const { store } = applied(['a', web({ replicas: 1, paused: true })]);
    const next = store.patch(deployment, { type: 'merge', body: { spec: { paused: null } } }, { fieldManager: 'edit' });
    expect(owners(next)).toEqual({ 'a Apply': { 'f:spec': { 'f:replicas': {} } } });
  });

  it('starts tracking objects that nobody tracked', () => {
    const { store } = testStore();
    store.create(object(config, { data: { a: '1', b: '2' } }));
    store.patch(config, { type: 'merge', body: { metadata: { managedFields: [{}] } } });
    expect(store.get(config)?.metadata.managedFields).toBeUndefined();
    const next = store.apply(object(config, { data: { a: '1' } }), { fieldManager: 'a' });
    expect(Object.keys(owners(next))).toEqual(['a Apply', 'before-first-apply Update']);
  });

  it('changes nothing in a dry run, and still refuses', () => {
    const { store, told } = applied(['a', web({ replicas: 1 })]);
    expect(store.apply(web({ replicas: 2 }), { fieldManager: 'a', dryRun: true }).spec).toEqual({ replicas: 2 });
    expect(store.apply(object(refs.deployment('new')), { fieldManager: 'a', dryRun: true }).metadata.uid).toBeDefined();
    expect(refusal(() => store.apply(web({ replicas: 2 }), { fieldManager: 'b', dryRun: true }))).toMatch(/^409/);
    expect(told).toEqual(['ADDED web']);
  });

  const twice = containers({ name: 'x' }, { name: 'x' });
  const refused: [what: string, wanted: ReturnType<typeof object>, message: RegExp][] = [
    [
      'managedFields',
      object(config, { metadata: { managedFields: [] } }),
      /^400 .*metadata.managedFields must be nil$/,
    ],
    ['no name', object(refs.configMap('')), /^422 Invalid: ConfigMap "" is invalid: metadata.name: Required value/],
    ['a key left out', web(containers({ image: 'x' })), /^500 .*element 0: associative list .* omits key field "name"/],
    ['a key given twice', web(twice), /^500 .*\.spec\.template\.spec\.containers: duplicate entries for key/],
    [
      'another uid',
      object(config, { metadata: { uid: 'other' } }),
      /^409 .*Precondition failed: UID in precondition: other/,
    ],
    ['an old version', object(config, { metadata: { resourceVersion: '1' } }), /^409 .*the object has been modified/],
  ];
  it.each(refused)('refuses %s', (_what, wanted, message) => {
    const { store } = applied(['a', object(config)]);
    expect(refusal(() => store.apply(wanted, { fieldManager: 'a' }))).toMatch(message);
  });

  it('refuses to work without a manager', () => {
    const { store } = testStore();
    expect(refusal(() => store.apply(object(config), { fieldManager: '' }))).toMatch(
      /^422 .*fieldManager: Required value/,
    );
  });
});
