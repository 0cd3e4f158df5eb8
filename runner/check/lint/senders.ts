import type { KubeObject } from '../../../mesh/kube/objects.ts';
import { suggestion } from '../../lab/nearest.ts';
import { valueAt } from '../../lab/path.ts';
import { type LintRule, objectsOf, soundFiles } from './rule.ts';

/** Traffic comes from pods that the lab deploys, or from `edge`. */
export const senders: LintRule = {
  name: 'senders',
  problems: (lab) => {
    const known = new Set(objectsOf(soundFiles(lab)).flatMap(appOf));
    return Object.values(lab.traffic).flatMap(({ id, from }) => {
      const name = from.namespace === 'default' ? from.app : `${from.app}.${from.namespace}`;
      if (name === 'edge' || known.has(name)) return [];
      const at = lab.checks.find((check) => check.id === id)?.at ?? lab.locate(['traffic', id, 'from']);
      return [{ what: `No pod of the lab has the label app=${name}.`, where: at, fix: suggestion(name, [...known]) }];
    });
  },
};

/** APP or APP.NAMESPACE of the pods that an object makes. */
function appOf(object: KubeObject): string[] {
  const labels =
    object.kind === 'Pod' ? object.metadata.labels : valueAt(object, ['spec', 'template', 'metadata', 'labels']);
  const app = valueAt(labels, ['app']);
  const namespace = object.metadata.namespace ?? 'default';
  return typeof app === 'string' ? [namespace === 'default' ? app : `${app}.${namespace}`] : [];
}
