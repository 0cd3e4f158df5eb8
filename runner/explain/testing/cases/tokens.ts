import type { Case } from '../mesh.ts';
import { authorization, object } from '../rules.ts';
import { jwks, tokens } from '../tokens.ts';

const customers = 'http://customers/';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const jwt = object(
  'RequestAuthentication',
  'tokens',
  `{selector: {matchLabels: {app: customers}}, jwtRules: [{issuer: me, jwks: '${jwks}'}]}`,
);
const anyone = authorization('token', 'rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]');
const group = (name: string) =>
  authorization('groups', `rules: [{when: [{key: "request.auth.claims[groups]", values: [${name}]}]}]`);
const refused = (why: string) => [
  '✗ 401',
  `✗ filter       jwt_authn denies: ${why}`,
  '<- RequestAuthentication shop/tokens spec.jwtRules[0]  rules.yaml:5:62',
];

export const tokenCases: readonly Case[] = [
  { name: 'JWT: none is fine', rules: jwt, url: customers, expect: ['✓ 200', 'jwt_authn lets the request pass'] },
  {
    name: 'JWT: not one',
    rules: jwt,
    url: customers,
    headers: bearer('abc'),
    expect: refused('Jwt is not in the form of Header.Payload.Signature'),
  },
  {
    name: 'JWT: expired',
    rules: jwt,
    url: customers,
    headers: bearer(tokens.expired),
    expect: refused('Jwt is expired'),
  },
  {
    name: 'JWT: another issuer',
    rules: jwt,
    url: customers,
    headers: bearer(tokens.otherIssuer),
    expect: refused('Jwt issuer is not configured'),
  },
  {
    name: 'JWT: another signature',
    rules: jwt,
    url: customers,
    headers: bearer(tokens.forged),
    expect: refused('Jwt verification fails'),
  },
  {
    name: 'JWT: required',
    rules: jwt + anyone,
    url: customers,
    expect: [
      '✗ 403',
      'jwt_authn lets the request pass',
      '✗ filter       rbac denies: no rule of an ALLOW policy matches',
      '<- AuthorizationPolicy shop/token',
    ],
  },
  {
    name: 'JWT: required, and good',
    rules: jwt + anyone,
    url: customers,
    headers: bearer(tokens.good),
    expect: ['✓ 200', 'filter       rbac allows: this rule matches', '<- AuthorizationPolicy shop/token spec.rules[0]'],
  },
  {
    name: 'JWT: the claim that is wanted',
    rules: jwt + group('readers'),
    url: customers,
    headers: bearer(tokens.good),
    expect: ['✓ 200', 'filter       rbac allows: this rule matches'],
  },
  {
    name: 'JWT: another claim',
    rules: jwt + group('writers'),
    url: customers,
    headers: bearer(tokens.good),
    expect: ['✗ 403', '✗ filter       rbac denies: no rule of an ALLOW policy matches'],
  },
];
