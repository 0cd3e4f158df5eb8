import { describe, expect, it } from 'vitest';
import type { AuthorizationRule } from '../../model/authorization-policy.ts';
import { type RuleOptions, rbacPolicy } from './rule.ts';

const options: RuleOptions = { namespace: 'shop', trustDomains: ['cluster.local'], forTcp: false, allows: true };
const from = (source: object): AuthorizationRule => ({ from: [{ source }] });
const to = (operation: object): AuthorizationRule => ({ to: [{ operation }] });
const when = (key: string, ...values: string[]): AuthorizationRule => ({ when: [{ key, values }] });

/** Rule and a piece of the text that it becomes. */
const texts: [string, AuthorizationRule, string][] = [
  ['a principal', from({ principals: ['cluster.local/ns/a/sa/b'] }), '"exact":"spiffe://cluster.local/ns/a/sa/b"'],
  ['any principal', from({ principals: ['*'] }), '"principalName":{"safeRegex":{"regex":".+"}}'],
  ['the end of a principal', from({ principals: ['*/sa/b'] }), '"regex":"spiffe://.*/sa/b"'],
  ['a namespace', from({ namespaces: ['a.b-*'] }), '".*/ns/a\\\\.b-.*/.*"'],
  ['a service account of the policy’s namespace', from({ serviceAccounts: ['b'] }), '/ns/shop/(.+/|)sa/b(/.+)?'],
  ['a trust domain', from({ trustDomains: ['td-*'] }), 'spiffe://td-[^/]*/.*'],
  ['an address', from({ ipBlocks: ['192.0.2.7'] }), '{"directRemoteIp":{"addressPrefix":"192.0.2.7","prefixLen":32}}'],
  [
    'a client behind proxies',
    from({ remoteIpBlocks: ['192.0.2.0/24'] }),
    '{"remoteIp":{"addressPrefix":"192.0.2.0","prefixLen":24}}',
  ],
  ['not a principal', from({ notPrincipals: ['a'] }), '{"notId":{"orIds":'],
  ['an issuer with slashes', from({ requestPrincipals: ['https://a/b/*'] }), '{"stringMatch":{"exact":"https://a/b"}}'],
  ['a host without case', to({ hosts: ['*.a'] }), '"stringMatch":{"suffix":".a","ignoreCase":true}'],
  ['any method', to({ methods: ['*'] }), '{"header":{"name":":method","presentMatch":true}}'],
  ['a path template', to({ paths: ['/a/{*}/{**}'] }), '"pathTemplate":"/a/*/**"'],
  ['a port', to({ ports: ['80'] }), '{"destinationPort":80}'],
  ['a header', when('request.headers[x-a]', 'b*'), '{"header":{"name":"x-a","stringMatch":{"prefix":"b"}}}'],
  ['a nested claim', when('request.auth.claims[a][b]', 'c'), '"path":[{"key":"payload"},{"key":"a"},{"key":"b"}]'],
  ['the name of the server', when('connection.sni', 'a'), '{"requestedServerName":{"exact":"a"}}'],
  [
    'metadata of a filter',
    when('experimental.envoy.filters.a.b[c]', '[d]'),
    '"filter":"envoy.filters.a.b","path":[{"key":"c"}]',
  ],
  [
    'nothing',
    {},
    '{"permissions":[{"andRules":{"rules":[{"any":true}]}}],"principals":[{"andIds":{"ids":[{"any":true}]}}]}',
  ],
];

/** What cannot be expressed: the rule that lets in, and the one that refuses. */
const lost: [string, AuthorizationRule, Partial<RuleOptions>][] = [
  ['a method on a connection', to({ methods: ['GET'] }), { forTcp: true }],
  ['a claim on a connection', from({ requestPrincipals: ['*'] }), { forTcp: true }],
  ['a port that is none', to({ ports: ['http'] }), {}],
  ['an address that is none', from({ ipBlocks: ['nowhere'] }), {}],
  ['a header without brackets', when('request.headers.a', 'b'), {}],
];

describe('rules of an AuthorizationPolicy', () => {
  it.each(texts)('%s', (_what, rule, wanted) => expect(JSON.stringify(rbacPolicy(rule, options))).toContain(wanted));

  it.each(lost)('%s drops a rule that allows and widens one that denies', (_what, rule, more) => {
    expect(rbacPolicy(rule, { ...options, ...more })).toBeUndefined();
    expect(JSON.stringify(rbacPolicy(rule, { ...options, ...more, allows: false }))).toContain('{"any":true}');
  });

  it('is dropped for an unknown condition, whatever its action', () => {
    expect(rbacPolicy(when('a.b', 'c'), { ...options, allows: false })).toBeUndefined();
  });

  it.each([
    ['cluster.local/ns/a/sa/b', ['new', 'old']],
    ['old/ns/a/sa/b', ['new', 'old']],
    ['*/ns/a/sa/b', []],
    ['other/ns/a/sa/b', ['other']],
  ])('%s holds in the domains %j', (principal, domains) => {
    const built = rbacPolicy(from({ principals: [principal] }), { ...options, trustDomains: ['new', 'old'] });
    const found = [...JSON.stringify(built).matchAll(/spiffe:\/\/(\w+)\//g)].map((m) => m[1]);
    expect(found).toEqual(domains);
  });
});
