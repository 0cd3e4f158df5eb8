import type { Case } from '../mesh.ts';
import { authorization, destinationRule, object, peerAuthentication } from '../rules.ts';

const customers = 'http://customers/';
const denied = '✗ filter       rbac denies: no rule of an ALLOW policy matches';
const matches = '✗ filter       rbac denies: this rule matches';
const allows = 'filter       rbac allows: this rule matches';
const allow = (rule: string) => authorization('rules', `rules: [${rule}]`);
const deny = (rule: string) => authorization('rules', `action: DENY, rules: [${rule}]`);

/** What rules of an AuthorizationPolicy look at, and how modes of mutual TLS meet. */
export const authorizationCases: readonly Case[] = [
  {
    name: 'ALLOW a namespace',
    rules: allow('{from: [{source: {namespaces: [shop]}}]}'),
    url: customers,
    expect: ['✓ 200', allows],
  },
  {
    name: 'ALLOW another namespace',
    rules: allow('{from: [{source: {namespaces: [plain]}}]}'),
    url: customers,
    expect: ['✗ 403', denied],
  },
  {
    name: 'ALLOW all but one',
    rules: allow('{from: [{source: {notPrincipals: ["cluster.local/ns/shop/sa/web"]}}]}'),
    url: customers,
    expect: ['✗ 403', denied],
  },
  {
    name: 'ALLOW a path',
    rules: allow('{to: [{operation: {methods: [GET], paths: ["/get"]}}]}'),
    url: `${customers}get`,
    expect: ['✓ 200', allows],
  },
  {
    name: 'ALLOW another path',
    rules: allow('{to: [{operation: {methods: [GET], paths: ["/get"]}}]}'),
    url: `${customers}headers`,
    expect: ['✗ 403', denied],
  },
  {
    name: 'ALLOW a host',
    rules: allow('{to: [{operation: {hosts: ["customers.shop*"]}}]}'),
    url: customers,
    expect: ['✗ 403', denied],
  },
  {
    name: 'ALLOW a port',
    rules: allow('{to: [{operation: {ports: ["8080"]}}]}'),
    url: customers,
    expect: ['✓ 200', allows],
  },
  {
    name: 'ALLOW a header',
    rules: allow('{when: [{key: "request.headers[team]", values: [a, b]}]}'),
    url: customers,
    headers: { team: 'c' },
    expect: ['✗ 403', denied],
  },
  {
    name: 'ALLOW by the second rule',
    rules: allow('{to: [{operation: {methods: [POST]}}]}, {to: [{operation: {methods: [GET]}}]}'),
    url: customers,
    expect: ['✓ 200', allows, '<- AuthorizationPolicy shop/rules spec.rules[1]'],
  },
  {
    name: 'DENY a header',
    rules: deny('{when: [{key: "request.headers[team]", values: [a]}]}'),
    url: customers,
    headers: { team: 'a' },
    expect: ['✗ 403', matches, '<- AuthorizationPolicy shop/rules spec.rules[0]'],
  },
  {
    name: 'DENY all but a path',
    rules: deny('{to: [{operation: {notPaths: ["/get"]}}]}'),
    url: customers,
    expect: ['✗ 403', matches],
  },
  {
    name: 'DENY who shows no identity',
    rules: deny('{from: [{source: {notPrincipals: ["*"]}}]}'),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: ['✗ 403', 'legacy.plain has no proxy', matches],
  },
  {
    name: 'a policy of another app',
    rules: object(
      'AuthorizationPolicy',
      'other',
      '{selector: {matchLabels: {app: httpbin}}, action: DENY, rules: [{}]}',
    ),
    url: customers,
    expect: ['✓ 200', 'mutual: web of shop calls customers of shop'],
  },
  {
    name: 'DENY everybody in the namespace',
    rules: object('AuthorizationPolicy', 'all', '{action: DENY, rules: [{}]}'),
    url: customers,
    expect: ['✗ 403', matches, '<- AuthorizationPolicy shop/all spec.rules[0]'],
  },
  {
    name: 'STRICT, but for one port',
    rules: object(
      'PeerAuthentication',
      'port',
      '{selector: {matchLabels: {app: customers}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: PERMISSIVE}}}',
    ),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: ['✓ 200', 'none: it came in plaintext, which is allowed here'],
  },
  {
    name: 'PERMISSIVE, but the client was told not to',
    rules: peerAuthentication('PERMISSIVE') + destinationRule('trafficPolicy: {tls: {mode: DISABLE}}'),
    url: customers,
    expect: ['✓ 200', 'sent in plaintext', 'none: it came in plaintext, which is allowed here'],
  },
  {
    name: 'TLS of another kind',
    rules: destinationRule('trafficPolicy: {tls: {mode: SIMPLE}}'),
    url: customers,
    expect: ['✗ 503', 'TLS          sent with TLS'],
  },
];
