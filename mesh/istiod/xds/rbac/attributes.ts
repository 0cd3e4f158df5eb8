import type { JsonObject } from '../../../json.ts';
import { cidrRange } from '../listener/chain-match.ts';
import {
  anyText,
  claimMatch,
  claimsMatch,
  exact,
  headerMatch,
  metadataMatch,
  orMatch,
  prefix,
  quoteMeta,
  regex,
  stringMatch,
  suffix,
} from './string-match.ts';

/** What a condition is read for: HTTP's conditions mean nothing to a chain of connections. */
export interface Reading {
  key: string;
  forTcp: boolean;
  /** The policy's own: service accounts without namespace are in it. */
  namespace: string;
}

/** One attribute of a request; undefined for a value that cannot be matched (istio pilot/pkg/security/authz/model/generator.go). */
export interface Attribute {
  /** What a rule's value gives; values are ORed. */
  each?: (value: string, of: Reading) => JsonObject | undefined;
  /** All values together. */
  all?: (values: readonly string[], of: Reading) => JsonObject | undefined;
}

const authenticated = (name: JsonObject): JsonObject => ({ authenticated: { principalName: name } });

const cidr =
  (field: string) =>
  (value: string): JsonObject | undefined => {
    const range = cidrRange(value);
    return range && { [field]: range };
  };

function port(value: string): JsonObject | undefined {
  const number = Number(value);
  return /^\d+$/.test(value) && number <= 65535 ? { destinationPort: number } : undefined;
}

const http =
  (build: (value: string, of: Reading) => JsonObject | undefined) =>
  (value: string, of: Reading): JsonObject | undefined =>
    of.forTcp ? undefined : build(value, of);

const httpAll =
  (build: (values: readonly string[], of: Reading) => JsonObject | undefined) =>
  (values: readonly string[], of: Reading): JsonObject | undefined =>
    of.forTcp ? undefined : build(values, of);

/** `{*}` is one segment of a path, `{**}` any number of them. */
function path(value: string): JsonObject {
  if (!value.includes('{*}') && !value.includes('{**}')) return { urlPath: { path: stringMatch(value) } };
  const pathTemplate = value.replaceAll('{*}', '*').replaceAll('{**}', '**');
  const type = 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig';
  return { uriTemplate: { name: 'uri-template', typedConfig: { '@type': type, pathTemplate } } };
}

const namespaceOf = (value: string): JsonObject =>
  authenticated(regex(`.*/ns/${value.split('*').map(quoteMeta).join('.*')}/.*`));

function serviceAccount(value: string, { namespace }: Reading): JsonObject {
  const [ns, name] = value.includes('/') ? splitOnce(value, '/') : [namespace, value];
  return authenticated(regex(`spiffe://.+/ns/${quoteMeta(ns)}/(.+/|)sa/${quoteMeta(name)}(/.+)?`));
}

function trustDomain(value: string): JsonObject {
  if (value === '*') return authenticated(prefix('spiffe://'));
  if (!value.includes('*')) return authenticated(prefix(`spiffe://${value}/`));
  return authenticated(regex(`spiffe://${splitOnce(value, '*').map(quoteMeta).join('[^/]*')}/.*`));
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return [text.slice(0, at), text.slice(at + by.length)];
}

/** `issuer/subject` of a token, either with a wildcard; the last slash parts them, because issuers are URLs. */
function requestPrincipal(value: string): JsonObject {
  const at = value.lastIndexOf('/');
  const [issuer, subject] = at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1)];
  const [iss, sub] = principalParts(value, { issuer, subject, found: at >= 0 });
  return { andIds: { ids: [claimMatch('iss', iss), claimMatch('sub', sub)] } };
}

function principalParts(
  value: string,
  { issuer, subject, found }: { issuer: string; subject: string; found: boolean },
): [JsonObject, JsonObject] {
  if (value === '*') return [anyText, anyText];
  if (value.startsWith('*')) {
    if (!found) return [anyText, suffix(value.slice(1))];
    return [issuer === '*' ? anyText : suffix(issuer.slice(1)), exact(subject)];
  }
  if (value.endsWith('*')) {
    if (!found) return [prefix(value.slice(0, -1)), anyText];
    return [exact(issuer), subject === '*' ? anyText : prefix(subject.slice(0, -1))];
  }
  return [exact(issuer), exact(subject)];
}

/** `request.headers[x]`: what stands in the brackets. */
function bracketed(text: string): string | undefined {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : undefined;
}

/** `[a][b]` are nested claims; anything else in brackets is one. */
function claimPath(text: string): string[] | undefined {
  if (/^(\[[^[\]]*\])+$/.test(text)) return [...text.matchAll(/\[([^[\]]*)\]/g)].map((m) => m[1] ?? '');
  const one = bracketed(text);
  return one === undefined ? undefined : [one];
}

/** `experimental.envoy.filters.a.b[c]` looks at what another filter left in the request's metadata. */
function filterMetadata(values: readonly string[], { key }: Reading): JsonObject | undefined {
  const [filter, name] = key
    .replace(/^experimental\./, '')
    .replace(/\]$/, '')
    .split(/\[(.*)/s);
  if (filter === undefined || name === undefined) return undefined;
  const matchers = values.map((value) =>
    value.startsWith('[') && value.endsWith(']')
      ? { listMatch: { oneOf: { stringMatch: stringMatch(value.replace(/^[[\]]+|[[\]]+$/g, '')) } } }
      : { stringMatch: stringMatch(value) },
  );
  return metadataMatch(filter, [name], orMatch(matchers));
}

export const operations: { [key: string]: Attribute } = {
  host: { each: http((value) => ({ header: headerMatch(':authority', value, true) })) },
  method: { each: http((value) => ({ header: headerMatch(':method', value) })) },
  path: { each: http(path) },
  'destination.port': { each: port },
  'destination.ip': { each: cidr('destinationIp') },
  'connection.sni': { each: (value) => ({ requestedServerName: stringMatch(value) }) },
};
const filterAttribute: Attribute = { all: filterMetadata };

export const sources: { [key: string]: Attribute } = {
  'source.ip': { each: cidr('directRemoteIp') },
  'remote.ip': { each: cidr('remoteIp') },
  'source.namespace': { each: namespaceOf },
  'source.trustDomain': { each: trustDomain },
  'source.serviceAccount': { each: serviceAccount },
  'source.principal': { each: (value) => authenticated(stringMatch(value, 'spiffe://')) },
  'request.auth.principal': {
    all: httpAll((values) => {
      const [first, ...more] = values.map(requestPrincipal);
      return first && more.length > 0 ? { orIds: { ids: [first, ...more] } } : first;
    }),
  },
  'request.auth.audiences': { all: httpAll((values) => claimsMatch(['aud'], values)) },
  'request.auth.presenter': { all: httpAll((values) => claimsMatch(['azp'], values)) },
};
const headerAttribute: Attribute = {
  each: http((value, { key }) => {
    const name = bracketed(key.slice('request.headers'.length));
    return name === undefined ? undefined : { header: headerMatch(name, value) };
  }),
};
const claimAttribute: Attribute = {
  all: httpAll((values, { key }) => {
    const claims = claimPath(key.slice('request.auth.claims'.length));
    return claims && claimsMatch(claims, values);
  }),
};

/** Where a condition of `when` belongs; undefined for an unknown key. */
export function conditionOf(key: string): { side: 'operation' | 'source'; attribute: Attribute } | undefined {
  const operation = key.includes('.') ? operations[key] : undefined;
  if (operation) return { side: 'operation', attribute: operation };
  if (key.startsWith('experimental.envoy.filters.')) return { side: 'operation', attribute: filterAttribute };
  const source = sources[key];
  if (source) return { side: 'source', attribute: source };
  if (key.startsWith('request.headers')) return { side: 'source', attribute: headerAttribute };
  return key.startsWith('request.auth.claims') ? { side: 'source', attribute: claimAttribute } : undefined;
}
