import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Json } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Path } from '../../kube/schema/field.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { istioCrdRules, istioFindings } from '../validate/validate.ts';
import { analyze } from './analyze.ts';
import { objectOf } from './testing/case.ts';
import { cases } from './testing/cases.ts';

const golden = join(import.meta.dirname, '../../../test/golden/istiod');
const objects: KubeObject[] = [
  ...readdirSync(golden)
    .map((name) => join(golden, name, 'input.yaml'))
    .filter(existsSync)
    .flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')))
    .flatMap((document) => (document.toJS() as KubeObject | null) ?? [])
    .filter(({ apiVersion }) => apiVersion.includes('istio.io/') || apiVersion.startsWith('gateway.')),
  ...cases.flatMap(({ given }) => given.map(objectOf)),
];
const wrong: Json[] = [null, '', '*', 'a b', -1, 1e20, true, [], [null], {}, { '': null }, '9h', 'unix://', '[', '%'];

/** Paths to everything below spec, status and the annotations. */
function pathsOf(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([k, v]) => pathsOf(v, [...path, Array.isArray(value) ? Number(k) : k])),
  ];
}

function replaced(value: Json, [step, ...rest]: Path, by: Json): Json {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, by) : item));
  const object = value as { [key: string]: Json };
  return { ...object, [step]: replaced(object[step] ?? null, rest, by) };
}

const spoilt = fc.constantFrom(...objects).chain((object) => {
  const { apiVersion: _v, kind: _k, metadata: _m, ...rest } = object;
  const paths = pathsOf(rest, []).filter((path) => path.length > 0);
  if (paths.length === 0) return fc.constant(object);
  return fc
    .tuple(fc.constantFrom(...paths), fc.constantFrom(...wrong))
    .map(([path, by]) => replaced(object as unknown as Json, path, by) as unknown as KubeObject);
});
const mesh = installedMeshConfig();

it('no value anywhere makes validation or analysis throw', () => {
  fc.assert(
    fc.property(fc.array(spoilt, { minLength: 1, maxLength: 8 }), (given) => {
      for (const object of given) {
        for (const { message } of [...istioFindings(object), ...istioCrdRules(object, given[0])]) {
          expect(message).not.toMatch(/\bundefined\b|\[object |NaN/);
        }
      }
      for (const { message } of analyze(given, { mesh, now: 0, complete: true })) {
        expect(message).not.toMatch(/\bundefined (?!behavior)|\[object |NaN/);
      }
    }),
    { numRuns: 1000, seed: 1 },
  );
});
