import { isIp, isIpv4 } from './names.ts';

/** Values in an AuthorizationPolicy; all of pkg/config/security/security.go, with its sentences. */
export type ValuesError = (key: string, values: readonly string[]) => string | undefined;

const first = (values: readonly string[], check: (value: string) => string | undefined): string | undefined => {
  for (const value of values) {
    const error = check(value);
    if (error) return error;
  }
  return undefined;
};

export const emptyValue: ValuesError = (key, values) =>
  values.includes('') ? `empty value not allowed, found in ${key}` : undefined;

export const wildcardValue: ValuesError = (key, values) =>
  emptyValue(key, values) ??
  first(values, (value) => {
    const stars = value.split('*').length - 1;
    const shown = JSON.stringify(value);
    if (stars > 1) return `at most one wildcard is allowed, found in ${key}: ${shown}`;
    const inside = stars === 1 && !value.startsWith('*') && !value.endsWith('*');
    return inside ? `wildcard is only allowed at the start or end, found in ${key}: ${shown}` : undefined;
  });

export const trustDomainValue: ValuesError = (key, values) =>
  wildcardValue(key, values) ??
  first(values, (value) =>
    value.includes('/') ? `trust domain must not contain '/', found in ${key}: ${JSON.stringify(value)}` : undefined,
  );

export const serviceAccountValue: ValuesError = (key, values) => {
  if (values.length > 16) return 'may not have more than 16 values';
  return first(values, (value) => {
    const format = "expected format 'serviceAccount' or 'namespace/serviceAccount', found";
    const shown = `${JSON.stringify(value)} in ${key}`;
    if (value === '') return `empty value not allowed, found in ${key}`;
    if (value.includes('*')) return `wildcard not allowed, found in ${key}`;
    const parts = value.split('/');
    if (parts.length > 2) return `${format} ${shown}`;
    if (value.length > 320) return `value cannot exceed 320 characters, found ${shown}`;
    if (parts[0] === '') return `${format} empty namespace ${shown}`;
    return parts[1] === '' ? `${format} empty serviceAccount ${shown}` : undefined;
  });
};

export const pathTemplateError: ValuesError = (key, paths) => first(paths, (path) => templateError(key, path));

/** `{*}` is one segment, `{**}` any number of them and the last; all other segments are literal (RFC 3986, pchar). */
function templateError(key: string, given: string): string | undefined {
  const template = given.includes('{*}') || given.includes('{**}');
  const path = given.replace(/^\/+|\/+$/g, '');
  const start = `invalid or unsupported path ${path}, found in ${key}.`;
  let any = false;
  for (const segment of path.split('/')) {
    if (segment === '{*}' || segment === '{**}') {
      if (any) return `${start} {**} is not the last operator`;
      any = segment === '{**}';
    } else if (/[{}]/.test(segment)) {
      return `${start} Contains '{' or '}' beyond a supported path template`;
    } else if (template && !/^[a-zA-Z0-9-._~%!$&'()+,;:@=]+$/.test(segment)) {
      return `${start} Contains segment ${segment} with invalid string literal`;
    }
  }
  return undefined;
}

/** One sentence for each wrong address or block. */
export const ipErrors = (values: readonly string[]): string[] =>
  values.flatMap((value) => {
    if (!value.includes('/')) return isIp(value) ? [] : [`bad IP address (${value})`];
    const wrong = prefixError(value);
    return wrong ? [`bad CIDR range (${value}): netip.ParsePrefix(${JSON.stringify(value)}): ${wrong}`] : [];
  });

function prefixError(block: string): string | undefined {
  const slash = block.lastIndexOf('/');
  const [address, bits] = [block.slice(0, slash), block.slice(slash + 1)];
  if (!isIp(address)) return `ParseAddr(${JSON.stringify(address)}): unable to parse IP`;
  if (!/^(0|[1-9]\d*)$/.test(bits)) return `bad bits after slash: ${JSON.stringify(bits)}`;
  return Number(bits) > (isIpv4(address) ? 32 : 128) ? 'prefix length out of range' : undefined;
}

export const portErrors = (values: readonly string[]): string[] =>
  values.flatMap((value) => {
    if (!/^\d+$/.test(value)) {
      return [`bad port (${value}): strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`];
    }
    if (Number(value) > 4294967295) {
      return [`bad port (${value}): strconv.ParseUint: parsing ${JSON.stringify(value)}: value out of range`];
    }
    return Number(value) > 65535 ? [`bad port (${value}): <nil>`] : [];
  });
