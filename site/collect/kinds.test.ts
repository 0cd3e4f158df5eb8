import { expect, it } from 'vitest';
import { parseAllDocuments, parseDocument } from 'yaml';
import { allCodes } from '../../mesh/istiod/analyze/codes.ts';
import type { Schema } from '../../mesh/kube/schema/schema.ts';
import { schemaOf } from '../../mesh/kube/schema/schemas.ts';
import { parseManifest } from '../../runner/lab/manifest.ts';
import { admissionProblems } from '../../runner/plan/admission-problems.ts';
import { course } from './course.ts';
import { type KindPage, kindPages, labsWith, servedKind } from './kinds.ts';
import { labs } from './labs.ts';

const pages = kindPages();
const named: [string, KindPage][] = pages.map((page) => [page.id, page]);
const slugs = new Set(course().flatMap(({ lessons }) => lessons.map(({ slug }) => slug)));
const codes = new Set(allCodes.map(({ code }) => code));

it('has the whole catalogue: 58 kinds, 14 labels, 7 concepts', () => {
  const count = (group: string) => pages.filter((page) => page.group === group).length;
  expect(['kubernetes', 'gateway-api', 'istio', 'labels', 'envoy'].map(count)).toEqual([26, 14, 18, 14, 7]);
});

it('has a page for every kind that the mesh in a box serves with an API of Istio or Gateway API', async () => {
  const { kinds } = await import('../../mesh/kube/kinds.ts');
  const missing = kinds
    .filter(({ custom }) => custom)
    .filter((info) => !pages.some((page) => servedKind(page) === info));
  expect(missing.map(({ kind }) => kind)).toEqual([]);
});

const where = (test: (page: KindPage) => unknown) => named.filter(([, page]) => test(page));

it.each(named)('%s names lessons and codes that exist', (_, page) => {
  expect(page.lessons.filter((slug) => !slugs.has(slug))).toEqual([]);
  expect(page.codes.filter((code) => !codes.has(code))).toEqual([]);
});

it.each(where(servedKind))('%s has the scope of the table of kinds', (_, page) => {
  expect(page.scope).toBe(servedKind(page)?.namespaced ? 'namespaced' : 'cluster');
});

it.each(where((page) => schemaOfPage(page)))('%s names fields of the schema', (_, page) => {
  const paths = Object.keys(page.fields).filter((path) => !path.startsWith('metadata.'));
  expect(paths.filter((path) => !hasField(schemaOfPage(page), path))).toEqual([]);
});

it.each(where(({ example }) => example))('%s has an example that an API server with istiod takes', async (_, page) => {
  const [first] = parseAllDocuments(page.example ?? '').map((document) => document.toJS() as Example);
  expect(await problemsOf(page, first)).toEqual([]);
  if (first?.kind !== undefined && page.scope !== 'none')
    expect(first).toMatchObject({ kind: page.kind, apiVersion: page.apiVersion });
});

function schemaOfPage(page: KindPage): Schema | undefined {
  const info = servedKind(page);
  return info && schemaOf(info);
}

interface Example {
  kind?: string;
  apiVersion?: string;
}

/** Asks our own admission where it knows the kind, else the published schemas of Kubernetes; of the rest only that it is YAML. */
async function problemsOf(
  { id, group, status, example = '' }: KindPage,
  first: Example | undefined,
): Promise<string[]> {
  const { file, problems } = parseManifest(example, `${id}.yaml`);
  const { kind = '', apiVersion = '' } = first ?? {};
  if (servedKind({ kind, apiVersion }))
    return [...problems, ...file.objects.flatMap(admissionProblems)].map(({ what }) => what);
  if (group === 'kubernetes' && status !== 'add-on') {
    const Model = await modelOf({ kind, apiVersion });
    // Too young for the package.
    if (!Model) return kind === 'ClusterTrustBundle' ? [] : [`nobody knows ${kind}`];
    new Model(first).validate();
  }
  return parseDocument(example).errors.map(({ message }) => message);
}

type Model = new (object: unknown) => { validate(): void };

async function modelOf({ kind, apiVersion }: Example): Promise<Model | undefined> {
  const models: { [kind: string]: Model } = await import(/* @vite-ignore */ `kubernetes-models/${apiVersion}`);
  return kind === undefined ? undefined : models[kind];
}

/** Whether a schema knows `spec.http[].route[].weight`. */
function hasField(schema: Schema | undefined, path: string): boolean {
  const steps = path.replaceAll('[]', '.[]').split('.');
  const end = steps.reduce<Schema | undefined>((at, step) => {
    if (at === undefined || at.type === 'any') return at;
    return step === '[]' ? at.items : (at.fields?.[step] ?? at.values);
  }, schema);
  return end !== undefined;
}

it('finds labs by the objects of their solutions', async () => {
  const all = await labs();
  const using = (id: string) => pages.filter((page) => page.id === id).flatMap((page) => labsWith(page, all));
  expect(using('virtual-service').map(({ id }) => id)).toContain('canary');
  expect(using('wasm-plugin').map(({ id }) => id)).not.toContain('canary');
});
