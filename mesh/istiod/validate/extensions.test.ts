import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Finding, pathText } from '../../kube/schema/field.ts';
import { celError } from './cel.ts';
import { istioCrdRules, istioFindings } from './validate.ts';

const versions: { [kind: string]: string } = {
  Telemetry: 'telemetry.istio.io/v1',
  WasmPlugin: 'extensions.istio.io/v1alpha1',
  TrafficExtension: 'extensions.istio.io/v1alpha1',
};
const object = (kind: string, spec: string) => ({
  apiVersion: versions[kind] ?? '',
  kind,
  metadata: { name: 'x', namespace: 'shop' },
  spec: parse(spec),
});
const told = ({ path, message, warning }: Finding) =>
  `${warning ? 'warning ' : ''}${pathText(path.slice(1))}: ${message}`;
const webhook = (kind: string, spec: string) => istioFindings(object(kind, spec)).map(told);
const crd = (kind: string, spec: string) => istioCrdRules(object(kind, spec), undefined).map(told);
type Row = [name: string, spec: string, want: string[]];

const tag = (text: string) => `{metrics: [{overrides: [{tagOverrides: {t: {${text}}}}]}]}`;

// pkg/config/validation/validation.go, ValidateTelemetry (validation_test.go, TestValidateTelemetry).
describe('Telemetry', () => {
  it.each<Row>([
    ['a good one', '{accessLogging: [{filter: {expression: "response.code >= 400"}}]}', []],
    [
      'a provider without name',
      '{metrics: [{providers: [{name: ""}, {}]}]}',
      ['metrics[0].providers[0]: providers.name may not be empty'],
    ],
    ['two tracings', '{tracing: [{}, {}]}', ['warning tracing: multiple tracing is not currently supported']],
    [
      'a tag without value',
      tag('operation: UPSERT'),
      ['metrics[0].overrides[0].tagOverrides.t: tagOverrides.value must be set when operation is UPSERT'],
    ],
    [
      'a removed tag with value',
      tag('operation: REMOVE, value: a'),
      ['metrics[0].overrides[0].tagOverrides.t.value: tagOverrides.value may only be set when operation is UPSERT'],
    ],
    [
      'empty tags',
      '{tracing: [{customTags: {a: {literal: {}}, b: {header: {}}, c: {environment: {}}}}]}',
      [
        'tracing[0].customTags.a.literal: literal tag value may not be empty',
        'tracing[0].customTags.b.header: header tag name may not be empty',
        'tracing[0].customTags.c.environment: environment tag name may not be empty',
      ],
    ],
    [
      'an empty metric',
      '{metrics: [{overrides: [{match: {customMetric: ""}}]}]}',
      ['metrics[0].overrides[0].match.customMetric: customMetric may not be empty'],
    ],
    [
      'a broken filter',
      '{accessLogging: [{filter: {expression: "response.code >="}}]}',
      [
        'accessLogging[0].filter.expression: must be a valid CEL expression, syntax error: unexpected end of expression',
      ],
    ],
  ])('%s', (_name, spec, want) => expect(webhook('Telemetry', spec)).toEqual(want));

  it.each<Row>([
    [
      'a tag without value',
      tag('operation: UPSERT'),
      ['metrics[0].overrides[0].tagOverrides.t: Invalid value: value must be set when operation is UPSERT'],
    ],
    [
      'two attachments',
      '{selector: {matchLabels: {a: b}}, targetRefs: [{}]}',
      [': Invalid value: only one of targetRefs or selector can be set'],
    ],
  ])('its CRD on %s', (_name, spec, want) => expect(crd('Telemetry', spec)).toEqual(want));

  // Grammar: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
  it.each([
    'a.b["c"].d(1u, 2.5e3) ? !x : -y',
    "has(request.headers['x']) && [1, 2,].exists(i, i in {'a': 1})",
    'Message{a: 1, ?b: r"\\d"} == "%s" || .x',
    '"""a\n"b"""',
  ])('takes %s as CEL', (text) => expect(celError(text)).toBeUndefined());
  it.each(['', 'a b', 'a &&', '(a', 'a.for', '"a', 'a ? b', '1 = 2', '@', '['.repeat(5000)])(
    'does not take %.20s',
    (text) => expect(celError(text)).toBeDefined(),
  );
});

const sha = 'a'.repeat(64);
// ValidateWasmPlugin, ValidateTrafficExtension (validation_test.go, TestValidateWasmPlugin, TestValidateTrafficExtension).
describe('WasmPlugin and TrafficExtension', () => {
  it.each<[kind: string, spec: string, want: string[]]>([
    ['WasmPlugin', `{url: "oci://a.test/p:v1", sha256: ${sha}}`, []],
    ['WasmPlugin', '{url: a.test/p}', []],
    ['WasmPlugin', '{}', ['url: url field needs to be set']],
    ['WasmPlugin', '{url: "ftp://a.test"}', ['url: url contains unsupported scheme: ftp']],
    ['WasmPlugin', '{url: a, sha256: abc}', ['sha256: sha256 field must be 64 characters long']],
    ['WasmPlugin', `{url: a, sha256: ${'G'.repeat(64)}}`, ['sha256: sha256 field must match [a-f0-9]{64} pattern']],
    ['WasmPlugin', '{url: a, vmConfig: {env: [{name: a}, {name: a}]}}', ['vmConfig.env[1]: duplicate env']],
    [
      'WasmPlugin',
      '{url: a, vmConfig: {env: [{name: a, valueFrom: HOST, value: b}]}}',
      ['vmConfig.env[0]: value may only be set when valueFrom is INLINE'],
    ],
    [
      'WasmPlugin',
      '{url: a, match: [{ports: [{number: 80}, {number: 0}]}]}',
      ['match[0].ports[1]: spec.Match[0].Ports[1] is out of range: 0'],
    ],
    ['TrafficExtension', '{lua: {inlineCode: "x = 1"}}', []],
    ['TrafficExtension', '{}', [': exactly one of wasm or lua must be set']],
    [
      'TrafficExtension',
      '{lua: {inlineCode: ""}, wasm: {url: a}}',
      [': exactly one of wasm or lua must be set', 'lua.inlineCode: lua.inlineCode cannot be empty'],
    ],
    [
      'TrafficExtension',
      `{lua: {inlineCode: "${'x'.repeat(65537)}"}}`,
      ['lua.inlineCode: lua.inlineCode exceeds maximum size of 64KB'],
    ],
  ])('%s %.60s', (kind, spec, want) => expect(webhook(kind, spec)).toEqual(want));

  it('are refused by their CRDs for schemes and host values', () =>
    expect(crd('WasmPlugin', '{url: "ftp://a", vmConfig: {env: [{name: a, valueFrom: HOST, value: b}]}}')).toEqual([
      'url: Invalid value: "ftp://a": url must have schema one of [http, https, file, oci]',
      'vmConfig.env[0]: Invalid value: value may only be set when valueFrom is INLINE',
    ]));
});
