import { isObject } from '../../json.ts';
import type { KubeObject, ObjectMeta } from '../../kube/objects.ts';
import type { Problem } from '../../problem.ts';

/**
 * Objects come from files that nobody has checked. This returns one whose metadata has the types that the rest relies on,
 * or undefined for what cannot be used at all.
 */
export function saneObject(object: unknown, problems: Problem[]): KubeObject | undefined {
  const given = isObject(object) ? object : {};
  const metadata = isObject(given.metadata) ? given.metadata : {};
  const { apiVersion, kind } = given;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof metadata.name !== 'string') {
    problems.push({
      what: 'an object without apiVersion, kind or metadata.name is ignored',
      where: { object: String(kind ?? '?') },
      fix: 'give it apiVersion, kind and metadata.name',
    });
    return undefined;
  }
  const clean: ObjectMeta = { ...(metadata as Partial<ObjectMeta>), name: metadata.name };
  if (typeof clean.namespace !== 'string') delete clean.namespace;
  if (typeof clean.creationTimestamp !== 'string') delete clean.creationTimestamp;
  const note = (field: string) => (path: string) =>
    problems.push({
      what: `${kind} ${metadata.name}: metadata.${field}${path} is not a string; it is ignored`,
      where: { object: `${kind} ${metadata.name}` },
      fix: 'quote the value',
    });
  if (metadata.labels !== undefined) clean.labels = strings(metadata.labels, note('labels'));
  if (metadata.annotations !== undefined) clean.annotations = strings(metadata.annotations, note('annotations'));
  return { ...given, apiVersion, kind, metadata: clean } as KubeObject;
}

function strings(value: unknown, note: (path: string) => void): { [key: string]: string } {
  if (!isObject(value)) {
    if (value !== null) note('');
    return {};
  }
  const out: { [key: string]: string } = {};
  for (const [key, item] of Object.entries(value))
    if (typeof item === 'string') out[key] = item;
    else note(`.${key}`);
  return out;
}
