import { isObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Problem } from '../../mesh/problem.ts';
import type { ManifestFile, SourceObject } from './lab.ts';
import { valueAt } from './path.ts';
import { locate, parseYaml, type YamlDocument } from './yaml.ts';

/** Reads a file of Kubernetes objects; a `kind: List` counts as its items. Each object keeps its positions. */
export function parseManifest(text: string, path: string): { file: ManifestFile; problems: Problem[] } {
  const { documents, problems } = parseYaml(text, path);
  const parsed = documents.flatMap(objectsOf);
  const none: Problem[] =
    problems.length === 0 && parsed.length === 0
      ? [
          {
            what: 'There is no object in this file.',
            where: { file: path },
            fix: 'Write one, or do not name the file.',
          },
        ]
      : [];
  return {
    file: { path, objects: parsed.flatMap(({ object }) => object ?? []) },
    problems: [...problems, ...none, ...parsed.flatMap((p) => p.problems)],
  };
}

interface Parsed {
  object?: SourceObject;
  problems: Problem[];
}

function objectsOf(document: YamlDocument): Parsed[] {
  const items = isObject(document.value) && document.value.kind === 'List' ? document.value.items : undefined;
  if (Array.isArray(items)) return items.map((_, i) => objectAt(document, ['items', i]));
  return [objectAt(document, [])];
}

function objectAt(document: YamlDocument, base: readonly (string | number)[]): Parsed {
  const value = valueAt(document.value, base);
  if (!isObject(value))
    return { problems: [{ what: 'This is not a Kubernetes object.', where: locate(document, base), fix: header }] };
  const required = [['apiVersion'], ['kind'], ['metadata', 'name']];
  const problems = required
    .filter((path) => typeof valueAt(value, path) !== 'string')
    .map((path) => ({
      what: `\`${path.join('.')}\` is missing or no text.`,
      where: locate(document, [...base, ...path]),
      fix: header,
    }));
  if (problems.length > 0) return { problems };
  return {
    object: { object: value as KubeObject, locate: (path, part) => locate(document, [...base, ...path], part) },
    problems: [],
  };
}

const header = 'Every object has apiVersion, kind and metadata.name.';

/** Names an object among those of a lab: kind with group, namespace, name. The version of the API does not matter. */
export function objectKey({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [`${kind}.${group}`, metadata.namespace ?? 'default', metadata.name].join('/');
}
