import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { objectFacts } from '../lab/schema/facts.ts';
import { object } from './object.ts';

const pod = (name: string, more: { [field: string]: JsonObject } = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: `uid-${name}`, labels: { 'app.kubernetes.io/name': name } },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ ready: true }] },
  ...more,
});
const routeStatus = {
  parents: [{ conditions: [{ type: 'Accepted', status: 'False', reason: 'NotAllowedByListeners' }] }],
};

const judge = (facts: object, objects: KubeObject[], before: KubeObject[] = []) =>
  object.judge({ needs: 'objects', objects, before }, objectFacts.parse({ apiVersion: 'v1', kind: 'Pod', ...facts }));

const [a, b] = [pod('a'), pod('b')];
const reborn = { ...a, metadata: { ...a.metadata, uid: 'other' } };

/** Facts, objects that pass, objects that fail; what was there before the step. */
const table: [string, object, KubeObject[], KubeObject[], KubeObject[]?][] = [
  ['there is one', {}, [a], []],
  ['there are two', { count: { min: 2, max: 2 } }, [a, b], [a]],
  ['there is none', { count: { max: 0 } }, [], [a]],
  ['field', { fields: { 'status.phase': 'Running' } }, [a], [pod('a', { status: { phase: 'Pending' } })]],
  ['field of every object', { fields: { 'status.phase': 'Running' } }, [a, b], [a, pod('b', { status: {} })]],
  ['field in a list', { fields: { 'status.containerStatuses[0].ready': true } }, [a], [pod('a', { status: {} })]],
  ['field with dots', { fields: { 'metadata.labels["app.kubernetes.io/name"]': 'a' } }, [a], [b]],
  [
    'field that is not there',
    { fields: { 'spec.initContainers': null } },
    [a],
    [pod('a', { spec: { initContainers: [] } })],
  ],
  [
    'whole value',
    { fields: { 'status.containerStatuses': [{ ready: true }] } },
    [a],
    [pod('a', { status: { containerStatuses: [] } })],
  ],
  ['condition', { conditions: { Ready: { status: 'True' } } }, [a], [pod('a', { status: {} })]],
  [
    'condition of a parent, with its reason',
    { conditions: { Accepted: { status: 'False', reason: 'NotAllowedByListeners' } } },
    [pod('a', { status: routeStatus })],
    [a],
  ],
  ['unchanged', { unchanged: ['metadata.uid'] }, [a, b], [reborn, b], [a, b]],
  ['unchanged, one gone', { unchanged: ['metadata.uid'] }, [a, b], [b], [a, b]],
  ['unchanged, one came', { unchanged: ['metadata.uid'] }, [a], [a, b], [a]],
];

describe('object', () => {
  it.each(table)('%s passes', (_, facts, good, __, before) => {
    expect(judge(facts, good, before).verdict).toBe('passed');
  });

  it.each(table)('%s fails', (_, facts, __, bad, before) => {
    expect(judge(facts, bad, before).verdict).toBe('failed');
  });

  it('compares with nothing in vain', () => {
    expect(judge({ unchanged: ['metadata.uid'] }, [a]).verdict).toBe('failed');
  });

  it('says which object and which value', () => {
    const { expected, measured } = judge({ fields: { 'status.phase': 'Pending' } }, [a]);
    expect(expected).toBe('Pod in default: at least 1, status.phase = "Pending"');
    expect(measured).toBe('Pod default/a: status.phase is "Running"');
  });
});
