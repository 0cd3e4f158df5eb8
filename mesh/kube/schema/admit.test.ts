import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ApiError } from '../api.ts';
import { servedKinds } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { createAdmission } from './admit.ts';
import { validateObject } from './problems.ts';

const meta = 'metadata: {name: x, namespace: shop}';
const virtualService = (spec: string) =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\n${meta}\nspec: ${spec}`;
const service = (spec: string) => `apiVersion: v1\nkind: Service\n${meta}\nspec: ${spec}`;
const deployment = (spec: string) => `apiVersion: apps/v1\nkind: Deployment\n${meta}\nspec: ${spec}`;
const template = '{metadata: {labels: {app: x}}, spec: {containers: [{name: a, image: b}]}}';
const admit = createAdmission({ kinds: servedKinds });

function refusal(yaml: string, previous?: string): string {
  try {
    admit(
      parse(yaml) as KubeObject,
      previous ? (parse(previous) as KubeObject) : undefined,
      previous ? 'update' : 'create',
    );
    return 'admitted';
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.message}`;
    throw error;
  }
}

describe('admission says in Kubernetes words', () => {
  it.each<[string, string, string]>([
    ['a good object', virtualService('{hosts: [a]}'), 'admitted'],
    ['an older version of it', virtualService('{hosts: [a]}').replace('/v1\n', '/v1beta1\n'), 'admitted'],
    [
      'unknown fields',
      virtualService('{hosts: [a], http: [{rout: []}], gatway: x}'),
      '400 VirtualService in version "v1" cannot be handled as a VirtualService: strict decoding error: unknown field "spec.http[0].rout", unknown field "spec.gatway"',
    ],
    [
      'an unknown field beside spec',
      `${virtualService('{hosts: [a]}')}\nspecs: {}`,
      '400 VirtualService in version "v1" cannot be handled as a VirtualService: strict decoding error: unknown field "specs"',
    ],
    [
      'a wrong type in a custom resource',
      virtualService('{hosts: a}'),
      '422 VirtualService.networking.istio.io "x" is invalid: spec.hosts: Invalid value: "string": spec.hosts in body must be of type array: "string"',
    ],
    [
      'a wrong type in a built-in kind',
      deployment(`{replicas: many, selector: {}, template: ${template}}`),
      '400 Deployment in version "v1" cannot be handled as a Deployment: spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
    ],
    [
      'a selector that misses the pods',
      deployment(`{selector: {matchLabels: {app: y}}, template: ${template}}`),
      '422 Deployment.apps "x" is invalid: spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
    ],
    [
      'a Service without ports',
      service('{selector: {a: b}}'),
      '422 Service "x" is invalid: spec.ports: Required value',
    ],
    ['a headless Service without ports', service('{clusterIP: None}'), 'admitted'],
    [
      'several ports, one without a name',
      service('{ports: [{port: 80, name: a}, {port: 81}]}'),
      '422 Service "x" is invalid: spec.ports[1].name: Required value',
    ],
    [
      'a port beyond',
      service('{ports: [{port: 80000}]}'),
      '422 Service "x" is invalid: spec.ports[0].port: Invalid value: 80000: must be between 1 and 65535, inclusive',
    ],
    [
      'a label value',
      service('{ports: [{port: 80}]}').replace('namespace: shop', 'labels: {a: "b c"}'),
      '422 Service "x" is invalid: metadata.labels: Invalid value: "b c": a valid label must be',
    ],
  ])('%s', (_name, yaml, want) => {
    expect(refusal(yaml).slice(0, want.length)).toBe(want);
  });

  it('that a selector stays', () => {
    const before = deployment(`{selector: {matchLabels: {app: x}}, template: ${template}}`);
    const after = deployment(`{selector: {matchExpressions: [{key: app, operator: Exists}]}, template: ${template}}`);
    expect(refusal(after, before)).toMatch(/^422 .*spec\.selector: Invalid value: .*: field is immutable$/);
  });

  it('who refused by webhook, errors together, warnings apart', () => {
    const review = () => [
      { path: ['spec'], message: 'one' },
      { path: ['spec'], message: 'odd', warning: true as const },
      { path: ['spec'], message: 'two' },
    ];
    const strict = createAdmission({ kinds: servedKinds, webhooks: [{ name: 'validation.istio.io', review }] });
    expect(() => strict(parse(virtualService('{hosts: [a]}')), undefined, 'create')).toThrow(
      'admission webhook "validation.istio.io" denied the request: configuration is invalid: 2 errors occurred:\n\t* one\n\t* two\n\n',
    );
  });
});

describe('validateObject', () => {
  const problems = (yaml: string) =>
    validateObject(parse(yaml) as KubeObject, servedKinds).map(({ what, fix }) => [what, fix]);

  it.each<[string, string, [string, string | undefined][]]>([
    [
      'the nearest name',
      `apiVersion: networking.istio.io/v1\nkind: Sidecar\n${meta}\nspec: {worloadSelector: {labels: {a: b}}}`,
      [['unknown field "spec.worloadSelector"', 'did you mean "workloadSelector"?']],
    ],
    [
      'what is known where nothing is near',
      `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\n${meta}\nspec: {mtls: {strictness: STRICT}}`,
      [['unknown field "spec.mtls.strictness"', 'known here: mode']],
    ],
    [
      'a misspelt kind',
      `apiVersion: networking.istio.io/v1\nkind: VirtualServce\n${meta}`,
      [['no matches for kind "VirtualServce" in version "networking.istio.io/v1"', 'did you mean "VirtualService"?']],
    ],
    [
      'a version that is not served',
      `apiVersion: networking.istio.io/v2\nkind: VirtualService\n${meta}`,
      [
        [
          'no matches for kind "VirtualService" in version "networking.istio.io/v2"',
          'use apiVersion networking.istio.io/v1',
        ],
      ],
    ],
  ])('tells %s', (_name, yaml, want) => expect(problems(yaml)).toEqual(want));

  it('says where: file and line of the field when known, the object always', () => {
    const yaml = virtualService('{hosts: [a], gatway: [b]}');
    const found = validateObject(parse(yaml), servedKinds, (path) => ({
      file: 'vs.yaml',
      line: path.length,
      column: 1,
    }));
    expect(found[0]?.where).toEqual({ file: 'vs.yaml', line: 2, column: 1, object: 'VirtualService shop/x' });
  });
});
