import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../json.ts';
import { refusal } from '../testing/store.ts';
import { shapeOf } from './shapes.ts';
import { strategicPatch } from './strategic.ts';

const pod = shapeOf({ apiVersion: 'v1', kind: 'Pod' });
const spec = (target: JsonObject, patch: JsonObject) =>
  (strategicPatch({ spec: target }, { spec: patch }, pod) as { spec: Json }).spec;
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
const list = (...items: (JsonObject | undefined)[]): Json[] => items.filter((item) => item !== undefined);

describe('strategic merge patch', () => {
  // New items come before the ones that only the server has, as in the walk-through of
  // kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch. Rules: community/contributors/devel/sig-api-machinery/strategic-merge-patch.md
  const cases: [what: string, target: JsonObject, patch: JsonObject, result: JsonObject][] = [
    ['merges maps', { nodeSelector: { a: '1' } }, { nodeSelector: { b: '2' } }, { nodeSelector: { a: '1', b: '2' } }],
    ['removes by null', { nodeName: 'n', hostNetwork: true }, { nodeName: null }, { hostNetwork: true }],
    [
      'drops nulls of new parts',
      {},
      { securityContext: { runAsUser: null, fsGroup: 1 } },
      { securityContext: { fsGroup: 1 } },
    ],
    [
      'replaces lists without a key',
      { tolerations: [{ key: 'x' }] },
      { tolerations: [{ key: 'y' }] },
      { tolerations: [{ key: 'y' }] },
    ],
    [
      'merges items by their key and adds new ones',
      { containers: [{ name: 'a', image: '1', tty: true }, { name: 'b' }] },
      { containers: [{ name: 'a', image: '2' }, { name: 'c' }] },
      { containers: [{ name: 'a', image: '2', tty: true }, { name: 'c' }, { name: 'b' }] },
    ],
    [
      'merges lists inside items: env by name, ports by containerPort',
      { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }], ports: [{ containerPort: 80 }] }] },
      { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }], ports: [{ containerPort: 80, name: 'http' }] }] },
      {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'Y', value: '2' },
              { name: 'X', value: '1' },
            ],
            ports: [{ containerPort: 80, name: 'http' }],
          },
        ],
      },
    ],
    [
      'deletes an item',
      { containers: list(a, b) },
      { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: list(b) },
    ],
    [
      'replaces a list',
      { containers: list(a, b) },
      { containers: list(c, { $patch: 'replace' }) },
      { containers: list(c) },
    ],
    [
      'replaces a map',
      { securityContext: { runAsUser: 1 } },
      { securityContext: { $patch: 'replace', fsGroup: 2 } },
      { securityContext: { fsGroup: 2 } },
    ],
    ['empties a map', { nodeSelector: { a: '1' } }, { nodeSelector: { $patch: 'delete' } }, { nodeSelector: {} }],
    [
      'retains only the named keys',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', configMap: { name: 'c' }, $retainKeys: ['name', 'configMap'] }] },
      { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
    ],
    [
      'orders by $setElementOrder',
      { containers: list(a, b, c) },
      { '$setElementOrder/containers': list(c, d, a), containers: list(d) },
      { containers: list(b, c, d, a) },
    ],
    [
      'orders a list that is not otherwise touched',
      { containers: list(a, b) },
      { '$setElementOrder/containers': list(b, a) },
      { containers: list(b, a) },
    ],
    ['replaces nothing by nothing', {}, { nodeSelector: { $patch: 'replace', a: '1' } }, {}],
    ['puts a list into nothing', {}, { containers: list(a, { name: 'b', $patch: 'delete' }) }, { containers: list(a) }],
  ];
  it.each(cases)('%s', (_what, target, patch, result) => {
    const before = structuredClone({ target, patch });
    expect(spec(target, patch)).toEqual(result);
    expect({ target, patch }).toEqual(before);
  });

  it('treats finalizers as a set, from which values can be deleted', () => {
    const target = { metadata: { finalizers: ['a', 'b'] } };
    expect(strategicPatch(target, { metadata: { finalizers: ['c', 'a'] } }, pod)).toEqual({
      metadata: { finalizers: ['c', 'a', 'b'] },
    });
    expect(strategicPatch(target, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }, pod)).toEqual({
      metadata: { finalizers: ['b'] },
    });
  });

  const refused: [patch: Json, message: RegExp][] = [
    ['x', /^400 BadRequest: strategic merge patch must be an object/],
    [{ spec: { containers: [{ image: 'x' }] } }, /^400 .*does not contain declared merge key: name/],
    [{ spec: { $patch: 'merge' } }, /^400 .*unknown patch type: "merge"/],
    [{ spec: { $patch: 'grow' } }, /^400 .*unknown patch type: "grow"/],
    [{ spec: { $retainKeys: ['a'], b: 1 } }, /^400 BadRequest: invalid patch format of retainKeys/],
    [{ spec: { '$setElementOrder/containers': 'a', containers: [] } }, /^400 .*setElementOrder/],
  ];
  it.each(refused)('refuses %j', (patch, message) => {
    const target = { spec: { containers: [{ name: 'a' }] } };
    expect(refusal(() => strategicPatch(target, patch, pod))).toMatch(message);
  });
});
