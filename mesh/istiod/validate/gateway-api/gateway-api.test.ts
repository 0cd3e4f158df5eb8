import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../../kube/objects.ts';
import { type Finding, pathText } from '../../../kube/schema/field.ts';
import { istioCrdRules, istioFindings } from '../validate.ts';

const object = (kind: string, spec: string): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { name: 'x', namespace: 'shop' },
  spec: parse(spec),
});
const told = ({ path, message }: Finding) => `${pathText(path.slice(1))}: ${message.replace('Invalid value: ', '')}`;
const crd = (kind: string, spec: string, previous?: string) =>
  istioCrdRules(object(kind, spec), previous === undefined ? undefined : object(kind, previous)).map(told);

const listeners = (...all: string[]) => `{listeners: [${all.map((l) => `{${l}}`).join(', ')}]}`;
const rule = (text: string) => `{rules: [{${text}}]}`;
const path = (text: string) => rule(`matches: [{path: {${text}}}]`);
const when = "when type one of ['Exact', 'PathPrefix']";

// CRDs of Gateway API 1.6 (config/crd/experimental); the same rules are tested there in tests/cel/*_test.go.
describe('CRDs of Gateway API', () => {
  it.each<[kind: string, spec: string, want: string[]]>([
    [
      'Gateway',
      listeners('name: a, port: 80, protocol: HTTP', 'name: b, port: 80, protocol: HTTP, hostname: a.test'),
      [],
    ],
    [
      'Gateway',
      listeners('name: a, port: 80, protocol: HTTP', 'name: a, port: 81, protocol: HTTP'),
      ['listeners: Listener name must be unique within the Gateway'],
    ],
    [
      'Gateway',
      listeners('name: a, port: 80, protocol: HTTP, tls: {certificateRefs: [{name: c}]}'),
      ["listeners: tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']"],
    ],
    [
      'Gateway',
      listeners('name: a, port: 443, protocol: HTTPS, tls: {mode: Passthrough}'),
      ['listeners: tls mode must be Terminate for protocol HTTPS'],
    ],
    ['Gateway', listeners('name: a, port: 443, protocol: TLS'), ['listeners: tls mode must be set for protocol TLS']],
    [
      'Gateway',
      listeners('name: a, port: 9, protocol: TCP, hostname: a.test'),
      ["listeners: hostname must not be specified for protocols ['TCP', 'UDP']"],
    ],
    [
      'Gateway',
      listeners('name: a, port: 443, protocol: HTTPS, tls: {}'),
      ['listeners[0].tls: certificateRefs or options must be specified when mode is Terminate'],
    ],
    [
      'Gateway',
      '{addresses: [{value: 1.1.1.1}, {type: IPAddress, value: 1.1.1.1}, {type: Hostname, value: A}]}',
      [
        'addresses: IPAddress values must be unique',
        'addresses[2]: Hostname value must be empty or contain only valid characters (matching ^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)',
      ],
    ],
    [
      'Gateway',
      '{infrastructure: {labels: {"a b": c}}}',
      [
        'infrastructure.labels: Label keys must be in the form of an optional DNS subdomain prefix followed by a required name segment of up to 63 characters.',
      ],
    ],
    ['ListenerSet', listeners('name: a, protocol: HTTP', 'name: b, protocol: HTTP'), []],
    ['HTTPRoute', '{parentRefs: [{name: a, sectionName: x}, {name: a, sectionName: y}]}', []],
    [
      'HTTPRoute',
      '{parentRefs: [{name: a}, {name: a, group: gateway.networking.k8s.io, kind: Gateway}]}',
      [
        'parentRefs: sectionName or port must be unique when parentRefs includes 2 or more references to the same parent',
      ],
    ],
    [
      'HTTPRoute',
      '{parentRefs: [{name: a}, {name: a, port: 80}]}',
      [
        'parentRefs: sectionName or port must be specified when parentRefs includes 2 or more references to the same parent',
      ],
    ],
    [
      'HTTPRoute',
      rule('filters: [{type: RequestMirror}]'),
      ['rules[0].filters[0]: filter.requestMirror must be specified for RequestMirror filter.type'],
    ],
    [
      'HTTPRoute',
      rule('filters: [{type: CORS, cors: {allowOrigins: ["*", a]}, urlRewrite: {}}]'),
      [
        'rules[0].filters[0]: filter.urlRewrite must be nil if the filter.type is not URLRewrite',
        "rules[0].filters[0].cors.allowOrigins: AllowOrigins cannot contain '*' alongside other origins",
      ],
    ],
    [
      'HTTPRoute',
      rule(
        'filters: [{type: RequestRedirect, requestRedirect: {}}, {type: URLRewrite, urlRewrite: {}}, {type: URLRewrite, urlRewrite: {}}]',
      ),
      [
        'rules[0].filters: May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both',
        'rules[0].filters: URLRewrite filter cannot be repeated',
      ],
    ],
    [
      'HTTPRoute',
      rule(
        'matches: [{path: {type: Exact, value: /a}}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]',
      ),
      [
        'rules[0]: When using URLRewrite filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified',
      ],
    ],
    [
      'HTTPRoute',
      rule('filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replacePrefixMatch: /}}}]'),
      [
        "rules[0].filters[0].urlRewrite.path: replaceFullPath must be specified when type is set to 'ReplaceFullPath'",
        "rules[0].filters[0].urlRewrite.path: type must be 'ReplacePrefixMatch' when replacePrefixMatch is set",
      ],
    ],
    [
      'HTTPRoute',
      rule(
        'filters: [{type: RequestMirror, requestMirror: {percent: 1, fraction: {numerator: 101}, backendRef: {name: a}}}]',
      ),
      [
        'rules[0].filters[0].requestMirror: Only one of percent or fraction may be specified in HTTPRequestMirrorFilter',
        'rules[0].filters[0].requestMirror.fraction: numerator must be less than or equal to denominator',
        'rules[0].filters[0].requestMirror.backendRef: Must have port for Service reference',
      ],
    ],
    ['HTTPRoute', path('type: RegularExpression, value: "a//b"'), []],
    ['HTTPRoute', path('value: /a//b'), [`rules[0].matches[0].path: must not contain '//' ${when}`]],
    ['HTTPRoute', path('value: /a/..'), [`rules[0].matches[0].path: must not end with '/..' ${when}`]],
    [
      'HTTPRoute',
      path('type: Exact, value: "/a b"'),
      [
        "rules[0].matches[0].path: must only contain valid characters (matching ^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$) for types ['Exact', 'PathPrefix']",
      ],
    ],
    [
      'HTTPRoute',
      rule('timeouts: {request: 1s, backendRequest: 2s}'),
      ['rules[0].timeouts: backendRequest timeout cannot be longer than request timeout'],
    ],
    ['HTTPRoute', rule('timeouts: {request: 0s, backendRequest: 2s}'), []],
    [
      'HTTPRoute',
      rule('backendRefs: [{name: a, kind: Mesh, group: x}, {name: b}]'),
      ['rules[0].backendRefs[1]: Must have port for Service reference'],
    ],
    ['HTTPRoute', '{rules: [{name: a}, {name: a}]}', ['rules: Rule name must be unique within the route']],
    [
      'HTTPRoute',
      rule('sessionPersistence: {type: Header, cookieConfig: {lifetimeType: Permanent}}'),
      [
        'rules[0].sessionPersistence: AbsoluteTimeout must be specified when cookie lifetimeType is Permanent',
        'rules[0].sessionPersistence: cookieConfig can only be set with type Cookie',
      ],
    ],
    [
      'GRPCRoute',
      rule('matches: [{method: {type: Exact}}, {method: {service: a.B, method: 1}}]'),
      [
        "rules[0].matches[0].method: One or both of 'service' or 'method' must be specified",
        'rules[0].matches[1].method: method must only contain valid characters (matching ^[A-Za-z_][A-Za-z_0-9]*$)',
      ],
    ],
    ['TCPRoute', rule('backendRefs: [{name: a}]'), ['rules[0].backendRefs[0]: Must have port for Service reference']],
    ['TLSRoute', '{hostnames: [a.test, "*.b.test"]}', []],
    [
      'TLSRoute',
      '{hostnames: [10.0.0.1, A.test, "*b.test"]}',
      [
        'hostnames: Hostnames cannot contain an IP',
        'hostnames: Hostnames must be valid based on RFC-1123',
        'hostnames: Wildcards on hostnames must be the first label, and the rest of hostname must be valid based on RFC-1123',
      ],
    ],
    [
      'BackendTLSPolicy',
      '{validation: {wellKnownCACertificates: System, subjectAltNames: [{type: URI, hostname: a}]}}',
      [
        'validation.subjectAltNames[0]: SubjectAltName element must not contain Hostname, if Type is not set to Hostname',
        'validation.subjectAltNames[0]: SubjectAltName element must contain URI, if Type is set to URI',
      ],
    ],
    [
      'BackendTLSPolicy',
      '{targetRefs: [{name: a}, {name: a}], validation: {}}',
      [
        'targetRefs: sectionName must be unique when targetRefs includes 2 or more references to the same target',
        'validation: must specify either CACertificateRefs or WellKnownCACertificates',
      ],
    ],
  ])('%s %.70s', (kind, spec, want) => expect(crd(kind, spec)).toEqual(want));

  it('keep the controller of a GatewayClass', () => {
    expect(crd('GatewayClass', '{controllerName: a/b}', '{controllerName: a/c}')).toEqual([
      'controllerName: "a/b": Value is immutable',
    ]);
    expect(crd('GatewayClass', '{controllerName: a/b}', '{controllerName: a/b}')).toEqual([]);
    expect(crd('GatewayClass', '{controllerName: a/b}')).toEqual([]);
  });

  it("are all there is: istiod's webhook does not look", () =>
    expect(istioFindings(object('Gateway', listeners('port: 0')))).toEqual([]));
});
