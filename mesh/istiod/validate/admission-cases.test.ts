import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { servedKinds } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { createAdmission } from '../../kube/schema/admit.ts';
import { istioCrdRules, istioWebhook } from './validate.ts';

interface Case {
  name: string;
  /** Path in istio/istio, and what there has the rule. */
  source: string;
  object: Omit<KubeObject, 'metadata'>;
  /** A part of the refusal; absent: it is taken. */
  refused?: string;
}

const folder = join(import.meta.dirname, 'testing/admission');
const areas = readdirSync(folder).map((file) => ({
  area: file.replace('.yaml', ''),
  cases: parse(readFileSync(join(folder, file), 'utf8')) as Case[],
}));
const admit = createAdmission({ kinds: servedKinds, rules: [istioCrdRules], webhooks: [istioWebhook] });

function refusal({ object }: Case): string | undefined {
  const namespace = object.kind === 'GatewayClass' ? {} : { namespace: 'shop' };
  try {
    admit({ ...object, metadata: { name: 'x', ...namespace } } as KubeObject, undefined, 'create');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe.each(areas)('admission of $area', ({ cases }) => {
  it.each(cases)('$object.kind: $name', (one) => {
    if (one.refused === undefined) expect(refusal(one)).toBeUndefined();
    else expect(refusal(one)).toContain(one.refused);
  });
});

it('60 cases and more, of every kind, each with its source in Istio', () => {
  const cases = areas.flatMap((a) => a.cases);
  expect(cases.length).toBeGreaterThanOrEqual(60);
  expect(cases.filter(({ source }) => !/^(pkg|pilot|manifests|tests)\//.test(source))).toEqual([]);
  expect(new Set(cases.map(({ object }) => `${object.apiVersion} ${object.kind}`)).size).toBeGreaterThanOrEqual(22);
});
