import type { KubeObject } from '../../mesh/kube/objects.ts';
import { parsePath, valueAt } from '../lab/path.ts';
import { type ObjectFacts, objectFacts } from '../lab/schema/facts.ts';
import { equal, rangeText, within } from './equal.ts';
import type { CheckKind } from './kind.ts';
import { many } from './text.ts';

export const object: CheckKind<ObjectFacts, 'objects'> = {
  name: 'object',
  schema: objectFacts,
  needs: 'objects',
  describe: (facts) => {
    const who = [facts.kind, facts.name, facts.selector && `with ${facts.selector}`].filter(Boolean).join(' ');
    const says = [
      ...Object.entries(facts.fields ?? {}).map(([path, value]) => `${path} = ${JSON.stringify(value)}`),
      ...Object.entries(facts.conditions ?? {}).map(
        ([type, c]) => `${type} is ${c.status}${c.reason ? ` (${c.reason})` : ''}`,
      ),
      ...(facts.unchanged ?? []).map((path) => `${path} as before`),
    ];
    return `${who} in ${facts.namespace}: ${[rangeText(facts.count ?? { min: 1 }), ...says].join(', ')}`;
  },
  judge: ({ objects, before }, facts) => {
    const wrong = [
      ...(within(objects.length, facts.count ?? { min: 1 }) ? [] : [`There are ${objects.length}.`]),
      ...objects.flatMap((o) => [...fieldFaults(o, facts), ...conditionFaults(o, facts)]),
      ...(facts.unchanged ? changes({ objects, before, paths: facts.unchanged }) : []),
    ];
    return {
      verdict: wrong.length === 0 ? 'passed' : 'failed',
      expected: object.describe(facts),
      measured: wrong[0] ?? `${many(objects.length, 'object')}, all as expected`,
      evidence: wrong.length > 0 ? wrong : objects.map(nameOf),
    };
  },
};

const nameOf = (o: KubeObject) => [o.kind, [o.metadata.namespace, o.metadata.name].filter(Boolean).join('/')].join(' ');

function fieldFaults(o: KubeObject, facts: ObjectFacts): string[] {
  return Object.entries(facts.fields ?? {}).flatMap(([path, expected]) => {
    const value = valueAt(o, parsePath(path));
    return equal(value ?? null, expected) ? [] : [`${nameOf(o)}: ${path} is ${JSON.stringify(value) ?? 'absent'}`];
  });
}

/** Conditions of an object, those of its parents (routes of the Gateway API) included. */
function conditionsOf(o: KubeObject): { type?: unknown; status?: unknown; reason?: unknown }[] {
  const parents = valueAt(o, ['status', 'parents']);
  const holders = [o.status, ...(Array.isArray(parents) ? parents : [])];
  return holders.flatMap((holder) => {
    const list = valueAt(holder, ['conditions']);
    return Array.isArray(list) ? (list as { type?: unknown }[]) : [];
  });
}

function conditionFaults(o: KubeObject, facts: ObjectFacts): string[] {
  return Object.entries(facts.conditions ?? {}).flatMap(([type, expected]) => {
    const found = conditionsOf(o).filter((condition) => condition.type === type);
    const right = found.some((c) => c.status === expected.status && (!expected.reason || c.reason === expected.reason));
    const said = found.map((c) => `${c.status} (${c.reason ?? 'no reason'})`).join(', ');
    return right ? [] : [`${nameOf(o)}: condition ${type} is ${said || 'absent'}`];
  });
}

interface Comparison {
  objects: readonly KubeObject[];
  before: readonly KubeObject[];
  paths: readonly string[];
}

/** Every object from before is still there with the same values, and no other has come. */
function changes({ objects, before, paths }: Comparison): string[] {
  if (before.length === 0) return ['There was none before the step.'];
  const gone = before.filter((b) => !objects.some((o) => nameOf(o) === nameOf(b))).map((b) => `${nameOf(b)} is gone`);
  const rest = objects.flatMap((o) => {
    const old = before.find((b) => nameOf(b) === nameOf(o));
    if (!old) return [`${nameOf(o)} was not there before`];
    return paths
      .filter((path) => !equal(valueAt(o, parsePath(path)), valueAt(old, parsePath(path))))
      .map((path) => `${nameOf(o)}: ${path} has changed`);
  });
  return [...gone, ...rest];
}
