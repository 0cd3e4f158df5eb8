import type { Field, Finding } from '../../kube/schema/field.ts';

const token = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const pseudoHeaders = new Set([':method', ':scheme', ':authority', ':path', ':status']);

/** `@request.auth.claims.group` or `@request.auth.claims[group]` (pkg/jwt/routing.go). */
export const isClaim = (name: string) => /^@request\.auth\.claims(\..+|\[.+\])$/i.test(name);

const isAuthority = (name: string) => /^(:authority|host)$/i.test(name);

/** A header name in a match. */
export function matchedHeaderError(name: string): string | undefined {
  if (name === '') return 'header name cannot be empty';
  const known = isClaim(name) || pseudoHeaders.has(name) || token.test(name);
  return known ? undefined : `header name ${name} is not a valid header name`;
}

export function corsHeaderError(name: string): string | undefined {
  if (name === '') return 'header name cannot be empty';
  return name === '*' || token.test(name) ? undefined : `header name ${name} is not a valid header name`;
}

/** `headers` of a route or of a destination: names and values that requests and responses get or lose. */
export function headerOperations(headers: Field): Finding[] {
  const request = headers.get('request');
  const response = headers.get('response');
  return [
    ...['add', 'set'].flatMap((op) => changes(request.get(op), requestNameError)),
    ...removals(request.get('remove')),
    ...['add', 'set'].flatMap((op) => changes(response.get(op), nameError)),
    ...removals(response.get('remove')),
  ];
}

function changes(map: Field, check: (name: string) => string | undefined): Finding[] {
  return map
    .entries()
    .flatMap(([name, value]) =>
      [check(name), valueError(value.text)].flatMap((error) => (error ? [value.error(error)] : [])),
    );
}

const removals = (names: Field): Finding[] =>
  names.items().flatMap((name) => {
    const error = nameError(name.text);
    return error ? [name.error(error)] : [];
  });

function requestNameError(name: string): string | undefined {
  if (name === '') return 'header name cannot be empty';
  return name.startsWith(':') && !isAuthority(name)
    ? `invalid header "${name}": header cannot have ":" prefix`
    : undefined;
}

function nameError(name: string): string | undefined {
  if (name === '') return 'header name cannot be empty';
  if (/^host$/i.test(name)) return `invalid header "${name}": cannot set Host header`;
  return name.startsWith(':') ? `invalid header "${name}": header cannot have ":" prefix` : undefined;
}

/** Control characters other than a tab, and unbalanced `%VARIABLE%` (header_value_validator.go, after Envoy's header parser). */
function valueError(value: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return `header value configuration ${value} is invalid`;
  const rest = value.replaceAll('%%', '').replaceAll(/%[^%(]+(?:\([^)]*\)\s*)?%/g, '');
  if (!rest.includes('%')) return undefined;
  const words = rest.endsWith('%') ? 'Un-escaped %' : `Un-terminated variable expression '${value}'`;
  return `header value configuration: invalid header configuration. ${words}`;
}

/** The authority may be rewritten in one place only (validateAuthorityRewrite). */
export function authorityFindings(rewrite: Field, headers: Field): Finding[] {
  let current = rewrite.get('authority').text;
  for (const op of ['set', 'add']) {
    for (const [name, value] of headers.at('request', op).entries()) {
      if (!isAuthority(name)) continue;
      if (current !== '') {
        const words = `have "${current}", attempting to set "${value.text}"`;
        return [value.error(`authority header cannot be set multiple times: ${words}`)];
      }
      current = value.text;
    }
  }
  return [];
}
