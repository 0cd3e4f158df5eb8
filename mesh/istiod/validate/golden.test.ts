import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { servedKinds } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { createAdmission } from '../../kube/schema/admit.ts';
import { istioCrdRules, istioFindings, istioWebhook } from './validate.ts';

const golden = join(import.meta.dirname, '../../../test/golden/istiod');
const scenarios = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'input.yaml')));
const read = (scenario: string, file: string) => readFileSync(join(golden, scenario, file), 'utf8');
const objectsOf = (scenario: string): KubeObject[] =>
  parseAllDocuments(read(scenario, 'input.yaml')).flatMap((document) => (document.toJS() as KubeObject | null) ?? []);
const nameOf = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

interface Refused {
  object: string;
  error: string;
}
const admit = createAdmission({ kinds: servedKinds, rules: [istioCrdRules], webhooks: [istioWebhook] });
function refusal(object: KubeObject): Refused[] {
  try {
    admit(object, undefined, 'create');
    return [];
  } catch (error) {
    return [{ object: nameOf(object), error: (error as Error).message }];
  }
}

/** Words that mean the same: the harness of the golden data is no API server, and Go's multierror has two ways to print one error. */
const sameReason: { [object: string]: RegExp } = {
  'VirtualService/shop/unknown-field': /unknown field "spec\.http\[0\]\.rout"/,
  'DestinationRule/shop/hash-two': /consistentHash" must validate one and only one schema \(oneOf\)\. Found 2 valid/,
  'AuthorizationPolicy/shop/bad-ip': /invalid policy bad-ip\.shop: bad CIDR range \(10\.0\.0\.0\/99\): .*out of range/,
};

describe('admission of the golden scenarios', () => {
  it.each(scenarios)('%s: the same objects are refused, for the same reason', (scenario) => {
    const file = join(golden, scenario, 'admission.json');
    const wanted = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Refused[]) : [];
    const got = objectsOf(scenario).flatMap(refusal);
    expect(got.map((r) => r.object)).toEqual(wanted.map((r) => r.object));
    for (const [i, { object, error }] of wanted.entries()) {
      const reason = error.replace(/^\w+\/[^:]*: /, '');
      const same = sameReason[object]?.test(got[i]?.error ?? '') || got[i]?.error.includes(reason);
      expect(same, `${object}\n  ${got[i]?.error}\n  ${error}`).toBe(true);
    }
  });
});

/** `istioctl validate` decodes strictly, which here is the schema's part, and has opinions on ports of Services that admission has not. */
const decoded = 'VirtualService/shop/unknown-field: ';
const notOurs = (line: string) => line.startsWith('Service/') || line.startsWith(decoded);

describe('istioctl validate on the golden scenarios', () => {
  it.each(scenarios)('%s: the same errors and warnings', (scenario) => {
    const lines = read(scenario, 'validate.txt').split('\n');
    const wanted = lines.flatMap((line) => (line.startsWith('\t* ') ? line.slice(3) : []));
    const got = objectsOf(scenario).flatMap((o) => istioFindings(o).map((f) => `${nameOf(o)}: ${f.message}`));
    const ours = (list: string[]) => list.filter((line) => !notOurs(line)).sort();
    expect(ours(got)).toEqual(ours(wanted));
  });
});
