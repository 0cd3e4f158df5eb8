import type { Case } from '../mesh.ts';
import { object, subsets, to, virtualService } from '../rules.ts';

const customers = 'http://customers/';
const v1 = `route: [${to('customers', 'v1')}]`;
const v2 = `route: [${to('customers', 'v2')}]`;
const matching = (match: string): string =>
  subsets + virtualService(`{name: a, match: [${match}], ${v1}}, {name: b, ${v2}}`);

/** Which of several rules counts. */
export const precedenceCases: readonly Case[] = [
  {
    name: 'two routes match: the first',
    rules:
      subsets +
      virtualService(`{name: a, match: [{uri: {prefix: /}}], ${v1}}, {name: b, match: [{uri: {exact: /}}], ${v2}}`),
    url: customers,
    expect: ['✓ 200', '    route        a matches', 'outbound|80|v1|'],
  },
  {
    name: 'the narrow route is asked first',
    rules:
      subsets +
      virtualService(`{name: a, match: [{uri: {exact: /x}}], ${v1}}, {name: b, match: [{uri: {prefix: /}}], ${v2}}`),
    url: `${customers}y`,
    expect: ['a does not match: path "/y", wanted: is "/x"', 'b matches'],
  },
  {
    name: 'all conditions of a match must hold',
    rules: matching('{uri: {prefix: /api}, headers: {user: {exact: me}}}'),
    url: `${customers}api`,
    expect: ['a does not match: header user is absent', 'b matches'],
  },
  {
    name: 'one match of several is enough',
    rules: matching('{uri: {exact: /x}}, {headers: {user: {exact: me}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: ['does not match: path "/", wanted: is "/x"', 'a matches', 'outbound|80|v1|'],
  },
  {
    name: 'upper and lower case',
    rules: matching('{uri: {prefix: /api}}'),
    url: `${customers}API`,
    expect: ['a does not match: path "/API", wanted: starts with "/api"'],
  },
  {
    name: 'upper and lower case ignored',
    rules: matching('{uri: {prefix: /api}, ignoreUriCase: true}'),
    url: `${customers}API`,
    expect: ['route `a` of VirtualService shop/rules', '    route        a matches'],
  },
  {
    name: 'a prefix is of characters, not of segments',
    rules: matching('{uri: {prefix: /api}}'),
    url: `${customers}apis`,
    expect: ['    route        a matches'],
  },
  {
    name: 'a query does not count for an exact path',
    rules: matching('{uri: {exact: /get}}'),
    url: `${customers}get?a=1`,
    expect: ['✓ 200', '    route        a matches'],
  },
  {
    name: 'a header with two conditions',
    rules: matching('{headers: {user: {regex: "a.*"}}, withoutHeaders: {beta: {exact: "1"}}}'),
    url: customers,
    headers: { user: 'ann', beta: '1' },
    expect: ['a does not match: header beta is "1"', 'b matches'],
  },
  {
    name: 'a query parameter that is not there',
    rules: matching('{queryParams: {v: {regex: "[0-9]+"}}}'),
    url: customers,
    expect: ['a does not match: query parameter v is absent', 'b matches'],
  },
  {
    name: 'a port of others',
    rules: matching('{port: 8080}'),
    url: customers,
    expect: ['route `b` of VirtualService shop/rules', '    route        b matches'],
  },
  {
    name: 'a VirtualService of another host',
    rules: subsets + virtualService(`{name: a, ${v1}}`, 'httpbin'),
    url: customers,
    expect: ['✓ 200', 'no VirtualService is for this', 'outbound|80||customers.shop.svc.cluster.local'],
  },
  {
    name: 'a VirtualService of a gateway only',
    rules:
      subsets + object('VirtualService', 'rules', `{hosts: [customers], gateways: [door], http: [{name: a, ${v1}}]}`),
    url: customers,
    expect: ['✓ 200', 'no VirtualService is for this'],
  },
  {
    name: 'a VirtualService of the full name',
    rules: subsets + virtualService(`{name: a, ${v1}}`, 'customers.shop.svc.cluster.local'),
    url: 'http://customers.shop:80/',
    expect: ['✓ 200', '    route        a matches', 'outbound|80|v1|'],
  },
  {
    name: 'a weight of nothing',
    rules:
      subsets +
      virtualService(
        `{name: s, route: [${to('customers', 'v1', ', weight: 0')}, ${to('customers', 'v2', ', weight: 100')}]}`,
      ),
    url: customers,
    expect: ['✓ 200', 'sent this to subset v2 of customers.shop, port 80', 'outbound|80|v2|'],
  },
  {
    name: 'another Service',
    rules: virtualService(`{name: away, route: [${to('httpbin')}]}`),
    url: customers,
    expect: ['✓ 200', 'route `away` of VirtualService shop/rules (rules.yaml:5) sent this to httpbin.shop, port 80'],
  },
  {
    name: 'redirect to another host',
    rules: virtualService('{name: moved, redirect: {authority: elsewhere, redirectCode: 308}}'),
    url: `${customers}x`,
    expect: ['✓ 308  direct_response', 'route `moved` of VirtualService shop/rules (rules.yaml:5) redirects this'],
  },
  {
    name: 'a direct response for one path',
    rules: virtualService(
      `{name: up, match: [{uri: {exact: /up}}], directResponse: {status: 200}}, {name: b, route: [${to('customers')}]}`,
    ),
    url: `${customers}up`,
    expect: ['✓ 200  direct_response', 'route `up` of VirtualService shop/rules (rules.yaml:5) answers this itself'],
  },
  {
    name: 'mirror of a part that is nothing',
    rules:
      subsets +
      virtualService(`{name: both, ${v1}, mirror: {host: customers, subset: v2}, mirrorPercentage: {value: 0}}`),
    url: customers,
    expect: ['✓ 200', '2 server proxy of customers-v1-', '3 app of customers-v1-'],
  },
  {
    name: 'mirror to a subset that is not there',
    rules: subsets + virtualService(`{name: both, ${v1}, mirror: {host: customers, subset: v9}}`),
    url: customers,
    expect: ['✓ 200', 'sent this to subset v1 of customers.shop'],
  },
];
