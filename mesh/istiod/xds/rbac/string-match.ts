import type { JsonObject } from '../../../json.ts';

/** Matchers of istio pilot/pkg/security/authz/matcher: `*` alone is any value, at one end it stands for the rest. */
export const exact = (value: string): JsonObject => ({ exact: value });
export const prefix = (value: string): JsonObject => ({ prefix: value });
export const suffix = (value: string): JsonObject => ({ suffix: value });
export const regex = (value: string): JsonObject => ({ safeRegex: { regex: value } });
export const anyText = regex('.+');

/** regexp.QuoteMeta. */
export const quoteMeta = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

/** `scheme` goes before what is written, as `spiffe://` before principals. */
export function stringMatch(value: string, scheme = ''): JsonObject {
  if (value === '*') return anyText;
  if (value.startsWith('*'))
    return scheme === '' ? suffix(value.slice(1)) : regex(`${scheme}.*${quoteMeta(value.slice(1))}`);
  return value.endsWith('*') ? prefix(scheme + value.slice(0, -1)) : exact(scheme + value);
}

/** Presence must be asked for by itself: Envoy refuses an empty prefix. Hosts are compared without case. */
export function headerMatch(name: string, value: string, ignoreCase?: true): JsonObject {
  if (value === '*') return { name, presentMatch: true };
  const match = value.startsWith('*')
    ? suffix(value.slice(1))
    : value.endsWith('*')
      ? prefix(value.slice(0, -1))
      : exact(value);
  return { name, stringMatch: { ...match, ignoreCase } };
}

const segments = (keys: readonly string[]): JsonObject[] => keys.map((key) => ({ key }));

/** One of several values of a claim or of a filter's metadata. */
export const orMatch = (matchers: readonly JsonObject[]): JsonObject =>
  matchers.length === 1 && matchers[0] ? matchers[0] : { orMatch: { valueMatchers: [...matchers] } };

export const metadataMatch = (filter: string, keys: readonly string[], value: JsonObject): JsonObject => ({
  metadata: { filter, path: segments(keys), value },
});

const JWT = 'envoy.filters.http.jwt_authn';
export const claimMatch = (claim: string, match: JsonObject): JsonObject =>
  metadataMatch(JWT, ['payload', claim], { stringMatch: match });

/** A claim may be one text or a list of them. */
export function claimsMatch(claims: readonly string[], values: readonly string[]): JsonObject {
  const value = orMatch(values.map((v) => ({ stringMatch: stringMatch(v) })));
  return metadataMatch(JWT, ['payload', ...claims], {
    orMatch: { valueMatchers: [{ listMatch: { oneOf: value } }, value] },
  });
}
