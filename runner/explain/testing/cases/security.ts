import type { Case } from '../mesh.ts';
import { authorization, destinationRule, peerAuthentication } from '../rules.ts';

const customers = 'http://customers/';
const web = 'from: [{source: {principals: ["cluster.local/ns/shop/sa/web"]}}]';
export const securityCases: readonly Case[] = [
  {
    name: 'STRICT, from the mesh',
    rules: peerAuthentication('STRICT'),
    url: customers,
    expect: [
      '✓ 200',
      'TLS          sent with mutual TLS',
      '<- PeerAuthentication shop/peers spec.mtls.mode  rules.yaml:5:21',
      'TLS          mutual: web of shop calls customers of shop',
      '<- PeerAuthentication shop/peers',
    ],
  },
  {
    name: 'STRICT, plaintext',
    rules: peerAuthentication('STRICT'),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: [
      '✗ read ECONNRESET',
      'server proxy of customers-v2-',
      'because of PeerAuthentication shop/peers (rules.yaml:5)',
      'legacy.plain has no proxy',
      '✗ filter chain none takes plaintext: mutual TLS is required here; the connection is closed',
    ],
  },
  {
    name: 'PERMISSIVE, from the mesh',
    rules: peerAuthentication('PERMISSIVE'),
    url: customers,
    expect: ['✓ 200', 'sent with mutual TLS', 'mutual: web of shop calls customers of shop'],
  },
  {
    name: 'PERMISSIVE, plaintext',
    rules: peerAuthentication('PERMISSIVE'),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: [
      '✓ 200',
      'filter chain 0.0.0.0_8080: for plaintext',
      'TLS          none: it came in plaintext, which is allowed here',
    ],
  },
  {
    name: 'DISABLE, from the mesh',
    rules: peerAuthentication('DISABLE'),
    url: customers,
    expect: [
      '✓ 200',
      'TLS          sent in plaintext',
      '<- PeerAuthentication shop/peers',
      'TLS          none: mutual TLS is off here',
    ],
  },
  {
    name: 'STRICT, but the client was told not to',
    rules: peerAuthentication('STRICT') + destinationRule('trafficPolicy: {tls: {mode: DISABLE}}'),
    url: customers,
    expect: [
      '✗ 503  UC',
      'TLS: sent in plaintext; because of DestinationRule shop/customers (rules.yaml:10)',
      'none takes plaintext: mutual TLS is required here',
      '<- DestinationRule shop/customers spec.trafficPolicy.tls  rules.yaml:10:46',
      '✗ attempt      failed: connection termination',
    ],
  },
  {
    name: 'DISABLE, but the client was told to',
    rules: peerAuthentication('DISABLE') + destinationRule('trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}'),
    url: customers,
    expect: [
      '✗ 503  URX,UF',
      'TLS: sent with mutual TLS, whatever the endpoint takes; because of DestinationRule shop/customers (rules.yaml:10)',
      'TLS: none: mutual TLS is off here; because of PeerAuthentication shop/peers (rules.yaml:5)',
      'retry        attempt 2',
    ],
  },
  {
    name: 'ALLOW, allowed',
    rules: authorization('readers', `rules: [{${web}}]`),
    url: customers,
    expect: [
      '✓ 200',
      'filter       rbac allows: this rule matches',
      '<- AuthorizationPolicy shop/readers spec.rules[0]  rules.yaml:5:59',
    ],
  },
  {
    name: 'ALLOW, nobody else',
    rules: authorization('readers', `rules: [{${web}}]`),
    from: 'httpbin',
    url: customers,
    expect: [
      '✗ 403  rbac_access_denied_matched_policy[none]',
      'mutual: httpbin of shop calls customers of shop',
      '✗ filter       rbac denies: no rule of an ALLOW policy matches',
      '<- AuthorizationPolicy shop/readers spec.rules[0]',
    ],
  },
  {
    name: 'ALLOW, another method',
    rules: authorization('readers', 'rules: [{to: [{operation: {methods: [GET]}}]}]'),
    url: customers,
    method: 'DELETE',
    expect: [
      '✗ 403',
      'because of AuthorizationPolicy shop/readers (rules.yaml:5)',
      '✗ filter       rbac denies: no rule of an ALLOW policy matches',
    ],
  },
  {
    name: 'ALLOW nothing',
    rules: authorization('nothing', 'action: ALLOW'),
    url: customers,
    expect: ['✗ 403', '✗ filter       rbac denies', '<- AuthorizationPolicy shop/nothing  rules.yaml:2:1'],
  },
  {
    name: 'DENY, denied',
    rules: authorization('no-admin', 'action: DENY, rules: [{to: [{operation: {paths: ["/admin*"]}}]}]'),
    url: `${customers}admin`,
    expect: [
      '✗ 403  rbac_access_denied_matched_policy[ns[shop]-policy[no-admin]-rule[0]]',
      '✗ filter       rbac denies: this rule matches',
      '<- AuthorizationPolicy shop/no-admin spec.rules[0]  rules.yaml:5:73',
    ],
  },
  {
    name: 'DENY, passes',
    rules: authorization('no-admin', 'action: DENY, rules: [{to: [{operation: {paths: ["/admin*"]}}]}]'),
    url: customers,
    expect: ['✓ 200', 'filter       rbac lets pass: no rule of a DENY policy matches'],
  },
  {
    name: 'DENY goes before ALLOW',
    rules: authorization('readers', 'rules: [{}]') + authorization('no-web', `action: DENY, rules: [{${web}}]`),
    url: customers,
    expect: [
      '✗ 403',
      '✗ filter       rbac denies: this rule matches',
      '<- AuthorizationPolicy shop/no-web spec.rules[0]',
    ],
  },
  {
    name: 'ALLOW by identity, plaintext',
    rules: authorization('readers', `rules: [{${web}}]`),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: [
      '✗ 403',
      'legacy.plain has no proxy',
      'none: it came in plaintext',
      '✗ filter       rbac denies: no rule of an ALLOW policy matches',
    ],
  },
  {
    name: 'AUDIT',
    rules: authorization('audit', 'action: AUDIT, rules: [{}]'),
    url: customers,
    expect: ['✓ 200', 'filter       rbac marks for the log', '<- AuthorizationPolicy shop/audit'],
  },
];
