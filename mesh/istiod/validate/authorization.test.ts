import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../kube/objects.ts';
import { type Finding, pathText } from '../../kube/schema/field.ts';
import { istioCrdRules, istioFindings } from './validate.ts';

const object = (kind: string, spec: string, annotations?: { [name: string]: string }): KubeObject => ({
  apiVersion: 'security.istio.io/v1',
  kind,
  metadata: { name: 'x', namespace: 'shop', ...(annotations && { annotations }) },
  spec: parse(spec),
});
const told = ({ path, message, warning }: Finding) =>
  `${warning ? 'warning ' : ''}${pathText(path.slice(1))}: ${message.replace('invalid policy x.shop: ', '')}`;
const webhook = (...given: Parameters<typeof object>) => istioFindings(object(...given)).map(told);
const crd = (kind: string, spec: string) => istioCrdRules(object(kind, spec), undefined).map(told);
type Row = [name: string, spec: string, want: string[]];

const source = (text: string, action = 'ALLOW') => `{action: ${action}, rules: [{from: [{source: {${text}}}]}]}`;
const operation = (text: string, action = 'ALLOW') => `{action: ${action}, rules: [{to: [{operation: {${text}}}]}]}`;
const when = (text: string) => `{rules: [{when: [{${text}}]}]}`;
const closes =
  'warning rules[0]: configured AuthorizationPolicy will deny all traffic to TCP ports under its scope due to the use of only HTTP attributes in a DENY rule; it is recommended to explicitly specify the port';

// pkg/config/validation/validation.go, ValidateAuthorizationPolicy; pkg/config/security/security.go (validation_test.go,
// TestValidateAuthorizationPolicy; security_test.go, TestValidateCondition, TestCheckValidPathTemplate).
describe('AuthorizationPolicy', () => {
  it.each<Row>([
    ['a good one', source('principals: [a], notIpBlocks: [10.0.0.0/8, "::1"]'), []],
    ['no source', '{rules: [{from: [{}]}]}', ['rules[0].from[0]: `from.source` must not be nil, found at rule 0']],
    ['no operation', '{rules: [{}, {to: [{}]}]}', ['rules[1].to[0]: `to.operation` must not be nil, found at rule 1']],
    [
      'an empty operation',
      '{rules: [{to: [{operation: {}}]}]}',
      ['rules[0].to[0].operation: `to.operation` must not be empty, found at rule 0'],
    ],
    [
      'empty values',
      source('principals: [""]'),
      ['rules[0].from[0].source.principals: empty value not allowed, found in Principals'],
    ],
    [
      'a bad address',
      source('remoteIpBlocks: [1.2.3, a/8, 1.0.0.0/x]'),
      [
        'rules[0].from[0].source.remoteIpBlocks: bad IP address (1.2.3)',
        'rules[0].from[0].source.remoteIpBlocks: bad CIDR range (a/8): netip.ParsePrefix("a/8"): ParseAddr("a"): unable to parse IP',
        'rules[0].from[0].source.remoteIpBlocks: bad CIDR range (1.0.0.0/x): netip.ParsePrefix("1.0.0.0/x"): bad bits after slash: "x"',
      ],
    ],
    [
      'a service account of nobody',
      source('serviceAccounts: [/b]'),
      [
        "rules[0].from[0].source.serviceAccounts: expected format 'serviceAccount' or 'namespace/serviceAccount', found empty namespace \"/b\" in ServiceAccounts",
      ],
    ],
    [
      'a wildcard of accounts',
      source('notServiceAccounts: ["a/*"]'),
      ['rules[0].from[0].source.notServiceAccounts: wildcard not allowed, found in NotServiceAccounts'],
    ],
    [
      'a star inside a trust domain',
      source('trustDomains: ["a*b"]'),
      [
        'rules[0].from[0].source.trustDomains: wildcard is only allowed at the start or end, found in TrustDomains: "a*b"',
      ],
    ],
    [
      'ports',
      operation('ports: ["80", "70000", http]'),
      [
        'rules[0].to[0].operation.ports: bad port (70000): <nil>',
        'rules[0].to[0].operation.ports: bad port (http): strconv.ParseUint: parsing "http": invalid syntax',
      ],
    ],
    ['good templates', operation('paths: ["/a/{*}/b/{**}", "/a*"]'), []],
    [
      '{**} before the end',
      operation('paths: ["/{**}/{*}"]'),
      [
        'rules[0].to[0].operation.paths: invalid or unsupported path {**}/{*}, found in Paths. {**} is not the last operator',
      ],
    ],
    [
      'a bad literal in a template',
      operation('notPaths: ["/{*}/a*"]'),
      [
        'rules[0].to[0].operation.notPaths: invalid or unsupported path {*}/a*, found in NotPaths. Contains segment a* with invalid string literal',
      ],
    ],
    ['a condition without key', when('values: [a]'), ['rules[0].when[0]: `key` must not be empty']],
    [
      'a condition without values',
      when('key: source.ip'),
      ['rules[0].when[0]: at least one of `values` or `notValues` must be set for key source.ip'],
    ],
    [
      'a header without name',
      when('key: "request.headers[]", values: [a]'),
      [
        'rules[0].when[0].values: invalid `value` for `key` request.headers[]: bad key (request.headers[]): should have format a[b]',
        'rules[0].when[0].notValues: invalid `notValue` for `key` request.headers[]: bad key (request.headers[]): should have format a[b]',
      ],
    ],
    [
      'an attribute of v1alpha1',
      when('key: destination.user, values: [a]'),
      [
        'rules[0].when[0].values: invalid `value` for `key` destination.user: deprecated attribute destination.user: only supported in v1alpha1',
        'rules[0].when[0].notValues: invalid `notValue` for `key` destination.user: deprecated attribute destination.user: only supported in v1alpha1',
      ],
    ],
    [
      'CUSTOM without rules',
      '{action: CUSTOM, provider: {name: p}}',
      [
        'action: CUSTOM action without `rules` is meaningless as it will never be triggered, add an empty rule `{}` if you want it be triggered for every request',
      ],
    ],
    [
      'CUSTOM by identity',
      '{action: CUSTOM, provider: {name: p}, rules: [{from: [{source: {principals: [a]}}], when: [{key: request.auth.principal, values: [a]}]}]}',
      [
        'rules[0].from[0].source.principals: From.Principals is currently not supported with CUSTOM action',
        'rules[0].when[0].key: request.auth.principal is currently not supported with CUSTOM action',
      ],
    ],
    ['DENY by path', operation('paths: [/a]', 'DENY'), [closes]],
    ['DENY by path and port', operation('paths: [/a], ports: ["80"]', 'DENY'), []],
    ['DENY by token', source('requestPrincipals: [a]', 'DENY'), [closes]],
    ['DENY by namespace', source('namespaces: [a]', 'DENY'), []],
    [
      'a target of another kind and namespace',
      '{targetRefs: [{kind: Pod, name: "", namespace: a}], rules: [{}]}',
      [
        'targetRefs[0]: targetRef name must be set',
        'targetRefs[0].namespace: targetRef namespace must not be set; cross namespace referencing is not supported',
        'targetRefs[0]: targetRef must be to one of [core/v1/Service networking.istio.io/v1/ServiceEntry gateway.networking.k8s.io/v1/Gateway gateway.networking.k8s.io/v1/GatewayClass] but was /Pod',
      ],
    ],
  ])('%s', (_name, spec, want) => expect(webhook('AuthorizationPolicy', spec)).toEqual(want));

  it('is refused by its CRD for a target in another namespace', () =>
    expect(crd('AuthorizationPolicy', '{targetRef: {namespace: a}, selector: {}}')).toEqual([
      ': Invalid value: only one of targetRefs or selector can be set',
      'targetRef.namespace: Invalid value: "a": cross namespace referencing is not currently supported',
    ]));

  // checkDryRunAnnotation (validation_test.go, TestRegisterValidateFunc).
  it.each<[annotations: { [name: string]: string }, action: string, want: string[]]>([
    [{ 'istio.io/dry-run': 'true' }, 'ALLOW', []],
    [
      { 'istio.io/dry-run': 'perhaps' },
      'DENY',
      [
        'annotations[istio.io/dry-run]: shop/x has annotation istio.io/dry-run with invalid value (perhaps): strconv.ParseBool: parsing "perhaps": invalid syntax',
      ],
    ],
    [
      { 'istio.io/dry-run': 'true' },
      'AUDIT',
      [
        'annotations[istio.io/dry-run]: the annotation istio.io/dry-run currently only supports action ALLOW/DENY, found action AUDIT in shop/x',
      ],
    ],
    [
      { 'internal.istio.io/parents': 'a' },
      'ALLOW',
      [
        'annotations[internal.istio.io/parents]: "internal.istio.io/parents" annotation found, this may not be set by users',
      ],
    ],
  ])('annotated %j', (annotations, action, want) =>
    expect(webhook('AuthorizationPolicy', `{action: ${action}, rules: [{}]}`, annotations)).toEqual(want),
  );
});

const rule = (text: string) => `{jwtRules: [{${text}}]}`;
const key = '{"kty":"RSA","n":"AQAB","e":"AQAB"}';

// ValidateRequestAuthentication (validation_test.go, TestValidateRequestAuthentication).
describe('RequestAuthentication', () => {
  it.each<Row>([
    ['a good one', rule("issuer: a, jwksUri: 'https://a.test/k', fromHeaders: [{name: x}]"), []],
    [
      'neither issuer nor keys',
      rule('audiences: [""]'),
      [
        'jwtRules[0].audiences[0]: audience must be non-empty string',
        'jwtRules[0]: issuer or jwksUri must be non-empty string',
      ],
    ],
    ['keys over FTP', rule("jwksUri: 'ftp://a.test'"), ['jwtRules[0].jwksUri: URI scheme "ftp" is not supported']],
    ['a key', rule(`issuer: a, jwks: '{"keys":[${key}]}'`), []],
    [
      'half a key',
      rule(`issuer: a, jwks: '{"keys":[{"kty":"EC","crv":"P-256"}]}'`),
      [
        'jwtRules[0].jwks: jwks parse error: failed to unmarshal JWK set: failed to parse key in key set: required field x is missing',
      ],
    ],
    [
      'a private key',
      rule(`issuer: a, jwks: '{"keys":[${key.replace('}', ',"d":"AQAB"}')}]}'`),
      [
        'warning jwtRules[0].jwks: jwks key at index 0 contains private key material; only public keys are used for verification',
      ],
    ],
    [
      'places without name',
      rule('issuer: a, fromHeaders: [{}], fromParams: [""], fromCookies: [""]'),
      [
        'jwtRules[0].fromHeaders[0]: location header name must be non-empty string',
        'jwtRules[0].fromParams[0]: location query must be non-empty string',
        'jwtRules[0].fromCookies[0]: cookie name must be non-empty string',
      ],
    ],
    [
      'claims to headers',
      rule('issuer: a, outputClaimToHeaders: [{claim: a}, {claim: a, header: "a.b"}]'),
      [
        'jwtRules[0].outputClaimToHeaders[0]: outputClaimToHeaders header and claim value must be non-empty string',
        'jwtRules[0].outputClaimToHeaders[1].header: header name a.b is not a valid header name',
      ],
    ],
  ])('%s', (_name, spec, want) => expect(webhook('RequestAuthentication', spec)).toEqual(want));

  it.each<Row>([
    [
      'another scheme',
      rule('jwksUri: a'),
      ['jwtRules[0].jwksUri: Invalid value: "a": url must have scheme http:// or https://'],
    ],
    [
      'a short timeout',
      rule('timeout: 0s'),
      ['jwtRules[0].timeout: Invalid value: "0s": must be a valid duration greater than 1ms'],
    ],
  ])('its CRD on %s', (_name, spec, want) => expect(crd('RequestAuthentication', spec)).toEqual(want));
});
