import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../kube/objects.ts';
import { type Finding, pathText } from '../../kube/schema/field.ts';
import { istioCrdRules, istioFindings } from './validate.ts';

const object = (kind: string, spec: string): KubeObject => {
  const group = kind === 'PeerAuthentication' ? 'security' : 'networking';
  return { apiVersion: `${group}.istio.io/v1`, kind, metadata: { name: 'x', namespace: 'shop' }, spec: parse(spec) };
};
const route = 'route: [{destination: {host: a}}]';
const http = (text: string, hosts = 'a.shop') => `{hosts: ["${hosts}"], http: [{${text}}]}`;
/** Paths below spec, to keep the tables short. */
const told = ({ path, message }: Finding) => `${pathText(path.slice(1))}: ${message}`;
const errors = (kind: string, spec: string) =>
  istioFindings(object(kind, spec))
    .filter((f) => !f.warning)
    .map(told);
const warnings = (kind: string, spec: string) =>
  istioFindings(object(kind, spec))
    .filter((f) => f.warning)
    .map((f) => f.message);
const crd = (kind: string, spec: string) => istioCrdRules(object(kind, spec), undefined).map(told);

type Row = [name: string, spec: string, want: string[]];

// Every sentence is istiod's: pkg/config/validation/validation.go, virtualservice.go, agent/validation.go.
describe('VirtualService', () => {
  it.each<Row>([
    ['a good one', http(route), []],
    ['nothing to do', '{hosts: [a]}', [': http, tcp or tls must be provided in virtual service']],
    ['neither route nor answer', http('name: x'), ['http[0]: HTTP route, redirect or direct_response is required']],
    [
      'negative weight',
      http('route: [{destination: {host: a}, weight: -1}]'),
      ['http[0].route[0].weight: weight -1 < 0'],
    ],
    [
      'weights that sum to 0',
      http('route: [{destination: {host: a}, weight: 0}, {destination: {host: b}, weight: 0}]'),
      ['http[0].route: total destination weight = 0'],
    ],
    ['one leg of weight 0', http('route: [{destination: {host: a}, weight: 0}]'), []],
    ['a leg to nowhere', http('route: [{weight: 1}]'), ['http[0].route[0].destination: destination is required']],
    [
      'host *',
      http('route: [{destination: {host: "*"}}]'),
      ['http[0].route[0].destination.host: invalid destination host *'],
    ],
    [
      'bad subset',
      http('route: [{destination: {host: a, subset: v_1}}]'),
      ['http[0].route[0].destination.subset: subset name is invalid: v_1'],
    ],
    [
      'bad port',
      http('route: [{destination: {host: a, port: {number: 70000}}}]'),
      ['http[0].route[0].destination.port.number: port number 70000 must be in the range 1..65535'],
    ],
    [
      'redirect and route',
      http(`${route}, redirect: {uri: /}`),
      ['http[0].route: HTTP route cannot contain both route and redirect'],
    ],
    [
      'delegate and route',
      http(`${route}, delegate: {name: d}`),
      ['http[0].route: root HTTP route  must not specify route'],
    ],
    [
      'mirror in two forms',
      http(`${route}, mirror: {host: b}, mirrors: [{destination: {host: c}}]`),
      ['http[0].mirrors: HTTP route cannot contain both mirror and mirrors'],
    ],
    [
      'mirror percentage',
      http(`${route}, mirror: {host: b}, mirrorPercentage: {value: 101}`),
      ['http[0].mirrorPercentage.value: mirror_percentage must have a max value of 100 (it has 101.000000)'],
    ],
    [
      'abort at 101 percent',
      http(`${route}, fault: {abort: {httpStatus: 500, percentage: {value: 101}}}`),
      ['http[0].fault.abort.percentage.value: percentage 101 is neither 0.0, nor in range [0.0001, 100.0]'],
    ],
    [
      'abort with status 999',
      http(`${route}, fault: {abort: {httpStatus: 999}}`),
      ['http[0].fault.abort.httpStatus: HTTP status 999 is not in range 200-599'],
    ],
    [
      'an empty fault',
      http(`${route}, fault: {}`),
      ['http[0].fault: HTTP fault injection must have an abort and/or a delay'],
    ],
    [
      'retryOn',
      http(`${route}, retries: {attempts: 1, retryOn: "5xx,503,sometimes"}`),
      ['http[0].retries.retryOn: "sometimes" is not a valid retryOn policy'],
    ],
    [
      'retries off with settings',
      http(`${route}, retries: {attempts: 0, perTryTimeout: 1s}`),
      ['http[0].retries.attempts: http retry policy configured when attempts are set to 0 (disabled)'],
    ],
    [
      'a timeout of microseconds',
      http(`${route}, timeout: 1500us`),
      ['http[0].timeout: only durations to ms precision are supported'],
    ],
    [
      'CORS method',
      http(`${route}, corsPolicy: {allowMethods: [FETCH]}`),
      ['http[0].corsPolicy.allowMethods[0]: "FETCH" is not a supported HTTP method'],
    ],
    [
      'pseudo header',
      http(`${route}, headers: {request: {set: {":path": /}}}`),
      ['http[0].headers.request.set[:path]: invalid header ":path": header cannot have ":" prefix'],
    ],
    [
      'Host in a response',
      http(`${route}, headers: {response: {remove: [Host]}}`),
      ['http[0].headers.response.remove[0]: invalid header "Host": cannot set Host header'],
    ],
    [
      'open %',
      http(`${route}, headers: {request: {set: {x: "a%b"}}}`),
      [
        "http[0].headers.request.set.x: header value configuration: invalid header configuration. Un-terminated variable expression 'a%b'",
      ],
    ],
    ['closed %', http(`${route}, headers: {request: {set: {x: "%REQ(a)% 100%%"}}}`), []],
    [
      'authority twice',
      http(`${route}, rewrite: {authority: b}, headers: {request: {set: {Host: c}}}`),
      [
        'http[0].headers.request.set.Host: authority header cannot be set multiple times: have "b", attempting to set "c"',
      ],
    ],
    [
      'bad regex',
      http(`match: [{uri: {regex: "["}}], ${route}`),
      [
        'http[0].match[0].uri.regex: "uri": error parsing regexp: missing closing ]: `[`; Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)',
      ],
    ],
    [
      'empty prefix of a header',
      http(`match: [{headers: {x: {prefix: ""}}}], ${route}`),
      ['http[0].match[0].headers.x.prefix: "headers": prefix string match should not be empty'],
    ],
    ['empty prefix of a URI', http(`match: [{uri: {prefix: ""}}], ${route}`), []],
    [
      'redirect code',
      http('redirect: {uri: /, redirectCode: 200}'),
      ['http[0].redirect.redirectCode: 200 is not a valid redirect code, must be 3xx'],
    ],
    [
      'redirect to nowhere',
      http('redirect: {redirectCode: 301}'),
      ['http[0].redirect: redirect must specify URI, authority, scheme, or port'],
    ],
    [
      'empty rewrite',
      http(`${route}, rewrite: {}`),
      [
        'http[0].rewrite: rewrite must specify at least one of URI, UriRegexRewrite, or authority. Only one of URI or UriRegexRewrite may be specified',
      ],
    ],
    [
      'direct response status',
      http('directResponse: {status: 1000}'),
      ['http[0].directResponse.status: HTTP status 1000 is not in range 200-599'],
    ],
    [
      'host * in the mesh',
      http(route, '*'),
      ['hosts[0]: wildcard host * is not allowed for virtual services bound to the mesh gateway'],
    ],
    [
      'hosts that cover one another',
      `{hosts: ["*.x.test", a.x.test], http: [{${route}}]}`,
      ['hosts[1]: duplicate hosts in virtual service: *.x.test & a.x.test'],
    ],
    ['an address as host', http(route, '10.0.0.1'), []],
    [
      'numeric top level',
      http(route, 'a.1'),
      ['hosts[0]: domain name "1" invalid (top level domain "1" cannot be all-numeric)'],
    ],
    [
      'gateway name',
      `{hosts: [a], gateways: ["x/y z"], http: [{${route}}]}`,
      ['gateways[0]: invalid value for gateway name: "y z"'],
    ],
    [
      'claims in the mesh',
      http(`match: [{headers: {"@request.auth.claims.group": {exact: a}}}], ${route}`),
      [
        'http[0].match[0].headers[@request.auth.claims.group]: JWT claim based routing (key: @request.auth.claims.group) is only supported for gateway, found no gateways: []',
      ],
    ],
    [
      'delegate with gateways',
      `{gateways: [g], http: [{${route}}]}`,
      ['gateways: delegate virtual service must have no gateways specified'],
    ],
    [
      'TLS without SNI',
      '{hosts: [a.b], tls: [{match: [{port: 443}], route: [{destination: {host: a}}]}]}',
      ['tls[0].match[0]: TLS match must have at least one SNI host'],
    ],
    [
      'SNI of another host',
      '{hosts: [a.b], tls: [{match: [{sniHosts: [c.d]}], route: [{destination: {host: a}}]}]}',
      [
        'tls[0].match[0].sniHosts[0]: SNI host "c.d" is not a compatible subset of any of the virtual service hosts: [a.b]',
      ],
    ],
    [
      'TCP subnet',
      '{hosts: [a.b], tcp: [{match: [{destinationSubnets: [10.0.0.0/33]}], route: [{destination: {host: a}}]}]}',
      ['tcp[0].match[0].destinationSubnets[0]: 10.0.0.0/33 is not a valid CIDR block'],
    ],
    [
      'exportTo',
      `{hosts: [a], exportTo: [".", shop], http: [{${route}}]}`,
      ['exportTo[1]: duplicate entries in exportTo for entry shop'],
    ],
    [
      'exportTo all and one',
      `{hosts: [a], exportTo: ["*", b], http: [{${route}}]}`,
      ['exportTo: cannot have both public (*) and non-public exportTo values for a resource'],
    ],
  ])('%s', (_name, spec, want) => {
    expect(errors('VirtualService', spec)).toEqual(want);
  });

  it.each<Row>([
    [
      'rules after a catch-all',
      `{hosts: [a], http: [{${route}}, {${route}}]}`,
      ['virtualService rule #1 not used (only the last rule can have no matches)'],
    ],
    [
      'the same match again',
      `{hosts: [a], http: [{name: one, match: [{uri: {exact: /}}], ${route}}, {match: [{name: m, uri: {exact: /}}], ${route}}]}`,
      [
        'virtualService rule #1 match "m" is not used (duplicate/overlapping match in rule "one")',
        'virtualService rule #1 not used (all matches used by prior rules)',
      ],
    ],
    [
      'a longer prefix after a shorter one',
      `{hosts: [a], http: [{match: [{uri: {prefix: /a}}], ${route}}, {match: [{uri: {prefix: /a/b}}], ${route}}]}`,
      [
        'virtualService rule #1 match #0 of prefix /a/b is not used (duplicate/overlapping match in rule #0 of prefix /a on #0)',
      ],
    ],
    [
      'deprecated mirrorPercent',
      http(`${route}, mirror: {host: b}, mirrorPercent: 5`),
      ['using deprecated setting "mirrorPercent", use "mirrorPercentage" instead'],
    ],
  ])('warns of %s', (_name, spec, want) => expect(warnings('VirtualService', spec)).toEqual(want));

  it.each<Row>([
    [
      '0s',
      http(`${route}, timeout: 0s`),
      ['http[0].timeout: Invalid value: "0s": must be a valid duration greater than 1ms'],
    ],
    [
      'no duration',
      http(`${route}, retries: {perTryTimeout: soon}`),
      ['http[0].retries.perTryTimeout: Invalid value: "soon": must be a valid duration greater than 1ms'],
    ],
    ['Go durations', http(`${route}, timeout: 1h2m3.5s`), []],
  ])('its CRD on %s', (_name, spec, want) => {
    expect(crd('VirtualService', spec)).toEqual(want);
  });
});
