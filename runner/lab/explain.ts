import { z } from 'zod';
import { isObject, type JsonObject } from '../../mesh/json.ts';
import type { Problem } from '../../mesh/problem.ts';
import type { FieldPath } from './lab.ts';
import { nearest, suggestion } from './nearest.ts';
import { formatPath, valueAt } from './path.ts';
import { locate, type YamlDocument } from './yaml.ts';

type Issue = z.core.$ZodIssue;

/** Checks a document against a schema. Every fault becomes a Problem with position, field and fix. */
export function checkShape<T>(document: YamlDocument, schema: z.ZodType<T>): { value?: T; problems: Problem[] } {
  const result = schema.safeParse(document.value);
  if (result.success) return { value: result.data, problems: [] };
  const shape = z.toJSONSchema(schema, { io: 'input' }) as JsonObject;
  const context = { document, shape, misspelt: misspelt(shape, result.error.issues) };
  const problems = result.error.issues.flatMap((issue) => explain({ ...context, issue }));
  return { problems: problems.sort((a, b) => line(a) - line(b)) };
}

const line = (problem: Problem) => problem.where?.line ?? 0;

/** Paths of the fields that unknown keys were probably meant to be: that they are missing need not be said again. */
function misspelt(shape: JsonObject, issues: readonly Issue[]): Set<string> {
  return new Set(
    issues.flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [];
      const path = pathOf(issue);
      const known = Object.keys(properties(schemaAt(shape, path)));
      return issue.keys.flatMap((key) => {
        const meant = nearest(key, known);
        return meant === undefined ? [] : formatPath([...path, meant]);
      });
    }),
  );
}

const pathOf = (issue: Issue): FieldPath =>
  issue.path.filter((part): part is string | number => typeof part !== 'symbol');

interface Context {
  document: YamlDocument;
  shape: JsonObject;
  misspelt: Set<string>;
  issue: Issue;
}

function explain(context: Context): Problem[] {
  const { document, issue } = context;
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey({ ...context, path, key }));
  const value = valueAt(document.value, path);
  const name = path.length > 0 ? `\`${formatPath(path)}\`` : 'The file';
  const about = descriptionAt(context.shape, path);
  if (value === undefined && path.length > 0)
    return context.misspelt.has(formatPath(path))
      ? []
      : [{ what: `${name} is missing.`, where: locate(document, path), ...(about && { fix: `Add it: ${about}` }) }];
  return [{ what: `${name} ${said(issue, value)}`, where: locate(document, path), ...fixOf(issue, value, about) }];
}

function unknownKey({ document, shape, path, key }: Context & { path: FieldPath; key: string }): Problem {
  const known = Object.keys(properties(schemaAt(shape, path)));
  const place = path.length > 0 ? ` in \`${formatPath(path)}\`` : '';
  return {
    what: `There is no field \`${key}\`${place}.`,
    where: locate(document, [...path, key], 'key'),
    fix: suggestion(key, known),
  };
}

/** What is wrong with a value, after its name. */
function said(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}, not ${show(value)}.`;
  if (issue.code === 'invalid_value') return `is ${show(value)}, but may be ${issue.values.map(String).join(', ')}.`;
  if (issue.code === 'invalid_format' || issue.code === 'custom') {
    const own = /^(is|has|needs|`)/.test(issue.message);
    return `${isObject(value) ? '' : `(${show(value)}) `}${own ? issue.message : `is not valid: ${issue.message}`}.`;
  }
  if (issue.code === 'invalid_key') return `has a key that ${issue.issues[0]?.message ?? 'is not allowed'}.`;
  return `is ${show(value)}: ${issue.message}.`;
}

function fixOf(issue: Issue, value: unknown, about: string | undefined): { fix?: string } {
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const best = nearest(value, issue.values.map(String));
    if (best !== undefined) return { fix: `Did you mean \`${best}\`?` };
  }
  return about ? { fix: about } : {};
}

const article = (type: string) => {
  const names: { [type: string]: string } = {
    record: 'a map',
    object: 'a map',
    array: 'a list',
    int: 'a whole number',
  };
  return names[type] ?? `a ${type}`;
};

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'a map' : JSON.stringify(value);
}

/** The part of a JSON Schema that describes the value at a path. */
function schemaAt(root: JsonObject, path: FieldPath): JsonObject {
  return path.reduce<JsonObject>((schema, part) => {
    const at = deref(root, schema);
    const next = typeof part === 'number' ? at.items : (properties(at)[part] ?? at.additionalProperties);
    return isObject(next) ? next : {};
  }, root);
}

const descriptionAt = (root: JsonObject, path: FieldPath): string | undefined => {
  const schema = schemaAt(root, path);
  const texts = new Set([schema.description, deref(root, schema).description]);
  return [...texts].filter((text) => typeof text === 'string').join(' ') || undefined;
};

function deref(root: JsonObject, schema: JsonObject): JsonObject {
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').pop() : undefined;
  const found = name && isObject(root.$defs) ? root.$defs[name] : undefined;
  return isObject(found) ? found : schema;
}

const properties = (schema: JsonObject): JsonObject => (isObject(schema.properties) ? schema.properties : {});
