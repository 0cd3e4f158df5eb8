import { distance } from 'fastest-levenshtein';
import type { JsonObject } from '../../json.ts';
import type { Problem, Where } from '../../problem.ts';
import type { KindTable } from '../kind-info.ts';
import type { KubeObject } from '../objects.ts';
import type { Path } from './field.ts';
import { pathText } from './field.ts';
import { schemaOf } from './schemas.ts';
import { type Violation, violations } from './validate.ts';

/** Where a path of the object stands in a file; the nearest ancestor's place does for what is absent. */
export type Locate = (path: Path, part?: 'key' | 'value') => Where | undefined;

/**
 * What the API server would have against the object by its schema: unknown kinds and fields, wrong types, limits,
 * missing fields. Each with its place (of `locate`, else the object and path) and, for a misspelling, the nearest name.
 */
export function validateObject(object: KubeObject, kinds: KindTable, locate: Locate = () => undefined): Problem[] {
  const info = kinds.find(object);
  if (!info) return [unknownKind(object, kinds, locate)];
  const schema = schemaOf(info);
  if (!schema) return [];
  return violations(schema, object as JsonObject).map((violation) => problemOf(violation, object, locate));
}

function problemOf(violation: Violation, object: KubeObject, locate: Locate): Problem {
  const path = pathText(violation.path);
  const fix = fixOf(violation);
  return {
    what: violation.type === 'unknown' ? violation.message : `${path}: ${violation.message}`,
    where: { object: nameOf(object), ...locate(violation.path, violation.type === 'unknown' ? 'key' : 'value') },
    ...(fix && { fix }),
  };
}

function fixOf({ type, path, known = [] }: Violation): string | undefined {
  const name = String(path.at(-1));
  if (type === 'required') return `add ${name}`;
  if (type !== 'unknown') return undefined;
  const near = nearest(name, known);
  return near ? `did you mean "${near}"?` : `known here: ${known.join(', ')}`;
}

function unknownKind(object: KubeObject, kinds: KindTable, locate: Locate): Problem {
  const { apiVersion, kind } = object;
  const all = kinds.all();
  const same = all.find((k) => k.kind === kind);
  const near = nearest(kind, [...new Set(all.map((k) => k.kind))]);
  const fix = same ? `use apiVersion ${same.apiVersion}` : near && `did you mean "${near}"?`;
  return {
    what: `no matches for kind "${kind}" in version "${apiVersion}"`,
    where: { object: nameOf(object), ...locate([same ? 'apiVersion' : 'kind']) },
    ...(fix && { fix }),
  };
}

/** The known name that a misspelt one most likely means; nothing when none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, away: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  const best = ranked[0];
  return best && best.away <= Math.max(1, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

/** `VirtualService shop/customers` for messages. */
export function nameOf({ kind, metadata }: KubeObject): string {
  const name = metadata?.name ?? metadata?.generateName ?? '(without a name)';
  return metadata?.namespace ? `${kind} ${metadata.namespace}/${name}` : `${kind} ${name}`;
}
