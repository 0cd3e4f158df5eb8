import { describe, expect, it } from 'vitest';
import { filterInput, filtersOf } from '../../../../test/support/filter-input.ts';
import type { JsonObject } from '../../../json.ts';
import { jwt } from './jwt.ts';

const policy = (rules: string, namespace = 'shop') =>
  `{apiVersion: security.istio.io/v1, kind: RequestAuthentication, metadata: {name: p, namespace: ${namespace}}, spec: {jwtRules: [${rules}]}}`;
const keys = `jwks: '{"keys":[]}'`;

/** The provider of the only rule, and how to ask for it. */
const config = (objects: string): JsonObject | undefined =>
  filtersOf(jwt, { direction: 'inbound', objects })[0]?.['envoy.filters.http.jwt_authn'] as JsonObject | undefined;
const provider = (rule: string): JsonObject =>
  (config(policy(`{issuer: a, ${keys}${rule}}`)) as { providers: { 'origins-0': JsonObject } }).providers['origins-0'];

const always = {
  issuer: 'a',
  localJwks: { inlineString: '{"keys":[]}' },
  normalizePayloadInMetadata: { spaceDelimitedClaims: ['permission', 'scope'] },
  payloadInMetadata: 'payload',
};

/** convertToEnvoyJwtConfig in istio pilot/pkg/security/authn/policy_applier.go; golden cases request-authentication/*. */
describe('a rule', () => {
  it.each<[string, string, JsonObject]>([
    ['issuer and keys', '', {}],
    ['audiences', ', audiences: [x, y]', { audiences: ['x', 'y'] }],
    [
      'headers',
      ', fromHeaders: [{name: h}, {name: i, prefix: "J "}]',
      {
        fromHeaders: [{ name: 'h' }, { name: 'i', valuePrefix: 'J ' }],
      },
    ],
    ['parameters and cookies', ', fromParams: [t], fromCookies: [c]', { fromParams: ['t'], fromCookies: ['c'] }],
    ['the token goes on', ', forwardOriginalToken: true', { forward: true }],
    ['the payload goes on', ', outputPayloadToHeader: x-p', { forwardPayloadHeader: 'x-p' }],
    [
      'claims go on',
      ', outputClaimToHeaders: [{header: x-s, claim: sub}]',
      {
        claimToHeaders: [{ claimName: 'sub', headerName: 'x-s' }],
      },
    ],
    [
      'claims of many words',
      ', spaceDelimitedClaims: [roles]',
      {
        normalizePayloadInMetadata: { spaceDelimitedClaims: ['permission', 'roles', 'scope'] },
      },
    ],
  ])('%s', (_name, rule, want) => {
    expect(provider(rule)).toEqual({ ...always, ...want });
  });
});

const orMissing = (name: string): JsonObject => ({
  requiresAny: { requirements: [{ providerName: name }, { allowMissing: {} }] },
});

it.each<[string, string, JsonObject]>([
  ['one rule', `{issuer: a, ${keys}}`, orMissing('origins-0')],
  [
    'two rules',
    `{issuer: b, ${keys}}, {issuer: a, ${keys}}`,
    {
      requiresAny: {
        requirements: [
          { providerName: 'origins-0' },
          { providerName: 'origins-1' },
          { requiresAll: { requirements: [orMissing('origins-0'), orMissing('origins-1')] } },
        ],
      },
    },
  ],
])('%s: a token must be valid, if there is one', (_name, rules, requires) => {
  const built = config(policy(rules));
  expect(built?.rules).toEqual([{ match: { prefix: '/' }, requires }]);
  expect(built).toMatchObject({ providers: { 'origins-0': { issuer: 'a' } } });
});

it.each<[string, string, 'inbound' | 'outbound']>([
  ['no policy', '', 'inbound'],
  ['a policy without rules', policy(''), 'inbound'],
  ['a policy of another namespace', policy(`{issuer: a, ${keys}}`, 'bank'), 'inbound'],
  ['a client', policy(`{issuer: a, ${keys}}`), 'outbound'],
])('%s has no filter', (_name, objects, direction) => {
  expect(filtersOf(jwt, { direction, objects })).toEqual([]);
});

it('tells once that keys are not fetched', () => {
  const input = filterInput({ direction: 'inbound', objects: policy('{issuer: a, jwksUri: "https://a.test/keys"}') });
  jwt(input);
  jwt(input);
  expect(input.context.problems).toEqual([
    {
      what: 'the keys of issuer a are not fetched from https://a.test/keys; none of its tokens is valid',
      fix: 'write the keys in jwks',
    },
  ]);
});
