import type { Case } from '../mesh.ts';
import { subsets, to, virtualService } from '../rules.ts';

const customers = 'http://customers/';
const v1 = `route: [${to('customers', 'v1')}]`;
const v2 = `route: [${to('customers', 'v2')}]`;
const matching = (match: string): string =>
  subsets + virtualService(`{name: a, match: [${match}], ${v1}}, {name: b, ${v2}}`);

export const matchingCases: readonly Case[] = [
  {
    name: 'exact header',
    rules: matching('{headers: {user: {exact: debug}}}'),
    url: customers,
    headers: { user: 'debug' },
    expect: [
      'route `a` of VirtualService shop/rules (rules.yaml:10) sent this to subset v1 of customers.shop, port 80',
      'a matches',
      '<- VirtualService shop/rules spec.http[0]  rules.yaml:10:35',
      'outbound|80|v1|customers.shop.svc.cluster.local',
      '<- DestinationRule shop/customers spec.subsets[0]  rules.yaml:5:35',
    ],
  },
  {
    name: 'absent header',
    rules: matching('{headers: {user: {exact: debug}}}'),
    url: customers,
    expect: [
      'route `b` of VirtualService shop/rules (rules.yaml:10) sent this to subset v2 of customers.shop, port 80; route `a` did not match: header user is absent',
      '- route',
      'a does not match: header user is absent',
      '<- VirtualService shop/rules spec.http[0].match[0]  rules.yaml:10:53',
    ],
  },
  {
    name: 'other header',
    rules: matching('{headers: {user: {exact: debug}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: ['a does not match: header user is "me", wanted: is "debug"'],
  },
  {
    name: 'header prefix',
    rules: matching('{headers: {user: {prefix: de}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: ['a does not match: header user is "me", wanted: starts with "de"'],
  },
  {
    name: 'header regex',
    rules: matching('{headers: {user: {regex: "d.*"}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: ['a does not match: header user is "me", wanted: matches "d.*"'],
  },
  {
    name: 'without headers',
    rules: matching('{withoutHeaders: {user: {}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: ['a does not match: header user is present'],
  },
  {
    name: 'path prefix',
    rules: matching('{uri: {prefix: /api}}'),
    url: `${customers}app`,
    expect: ['a does not match: path "/app", wanted: starts with "/api"', 'b matches'],
  },
  {
    name: 'path exact',
    rules: matching('{uri: {exact: /api}}'),
    url: `${customers}api/1`,
    expect: ['a does not match: path "/api/1", wanted: is "/api"'],
  },
  {
    name: 'path regex',
    rules: matching('{uri: {regex: "/[0-9]+"}}'),
    url: `${customers}x`,
    expect: ['a does not match: path "/x", wanted: matches "/[0-9]+"'],
  },
  {
    name: 'method',
    rules: matching('{method: {exact: POST}}'),
    url: customers,
    expect: ['a does not match: method is "GET", wanted: is "POST"'],
  },
  {
    name: 'query',
    rules: matching('{queryParams: {v: {exact: "1"}}}'),
    url: `${customers}?v=2`,
    expect: ['a does not match: query parameter v is "2", wanted: is "1"'],
  },
  {
    name: 'authority',
    rules: matching('{authority: {exact: other}}'),
    url: customers,
    expect: ['a does not match: host is "customers", wanted: is "other"'],
  },
  {
    name: 'source labels of others',
    rules: matching('{sourceLabels: {app: other}}'),
    url: customers,
    expect: ['route `b` of VirtualService shop/rules', '    route        b matches'],
  },
  {
    name: 'first match wins',
    rules: subsets + virtualService(`{name: a, ${v1}}, {name: b, ${v2}}`),
    url: customers,
    expect: ['    route        a matches', 'outbound|80|v1|'],
  },
  {
    name: 'weights',
    notLive: 'chance decides',
    rules:
      subsets +
      virtualService(
        `{name: split, route: [${to('customers', 'v1', ', weight: 10')}, ${to('customers', 'v2', ', weight: 90')}]}`,
      ),
    url: customers,
    expect: [
      'outbound|80|v2|customers.shop.svc.cluster.local, weight 90 of 100',
      '<- VirtualService shop/rules spec.http[0].route[1].weight',
    ],
  },
  {
    name: 'no route matches',
    rules: subsets + virtualService(`{name: a, match: [{uri: {prefix: /api}}], ${v1}}`),
    url: customers,
    expect: [
      '✗ 404  NR  route_not_found',
      'VirtualService shop/rules (rules.yaml:10): route `a` did not match: path "/", wanted: starts with "/api"',
      '✗ route        none is left',
      '404: NR (no route), route_not_found',
    ],
  },
  {
    name: 'no rules',
    url: customers,
    expect: [
      '✓ 200',
      'no VirtualService is for this, so it went to customers.shop, port 80',
      'listener     0.0.0.0_80, for 10.96.0.2:80 (customers.shop)',
      '<- Service shop/customers  base.yaml:28:1',
      '3 app of customers-v',
    ],
  },
  {
    name: 'redirect',
    rules: virtualService('{name: old, redirect: {uri: /new}}'),
    url: customers,
    expect: [
      '✓ 301  direct_response',
      'route `old` of VirtualService shop/rules (rules.yaml:5) redirects this',
      'old matches and redirects',
      '301: direct_response',
    ],
  },
  {
    name: 'direct response',
    rules: virtualService('{name: closed, directResponse: {status: 503, body: {string: closed}}}'),
    url: customers,
    expect: [
      '✗ 503',
      'route `closed` of VirtualService shop/rules (rules.yaml:5) answers this itself',
      'closed matches and answers itself',
    ],
  },
  {
    name: 'rewrite',
    rules: virtualService(`{name: re, match: [{uri: {prefix: /a}}], rewrite: {uri: /b}, route: [${to('customers')}]}`),
    url: `${customers}a`,
    expect: ['route `re` of VirtualService shop/rules (rules.yaml:5) sent this to customers.shop, port 80'],
  },
  {
    name: 'mirror',
    rules: subsets + virtualService(`{name: both, ${v1}, mirror: {host: customers, subset: v2}}`),
    url: customers,
    expect: [
      'mirror       a copy goes to subset v2 of customers.shop, port 80',
      '<- VirtualService shop/rules spec.http[0].mirror',
      '2 server proxy of customers-v1-',
      '4 server proxy of customers-v2-',
      '(mirrored copy)',
    ],
  },
];
