import type { RoutedRequest } from '../routes.ts';
import type { HttpResponse } from '../workload.ts';
import { failure, json } from './answer.ts';

/** The cookies of the request, name to value. */
export function cookies(request: RoutedRequest): HttpResponse {
  const pairs = (request.headers.cookie ?? '').split(/;\s*/).filter((p) => p.includes('='));
  return json(Object.fromEntries(pairs.map((p) => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)])));
}

/** /cookies/set?a=1&b=2 */
export function setCookies(request: RoutedRequest): HttpResponse {
  const lines = [...request.query].map(([name, value]) => `${name}=${value}; HttpOnly`);
  return {
    status: 302,
    headers: { location: '/cookies', ...(lines.length > 0 && { 'set-cookie': lines.join('\n') }) },
  };
}

/** Every query parameter becomes a header of the answer. What frames the answer is left out: it would break it. */
export function responseHeaders(request: RoutedRequest): HttpResponse {
  const framing = ['content-length', 'transfer-encoding', 'connection'];
  const names = [...new Set(request.query.keys())].filter((n) => !framing.includes(n.toLowerCase()));
  const set = names.map((name) => ({ name, values: request.query.getAll(name) }));
  const invalid = set.find((h) => !/^[\w!#$%&'*+.^`|~-]+$/.test(h.name) || /[\r\n\0]/.test(h.values.join()));
  if (invalid) return failure(400, `not a header: ${JSON.stringify(invalid.name)}`);
  const headers = set.map(({ name, values }) => [name.toLowerCase(), joined(name, values)]);
  const body = Object.fromEntries(set.map(({ name, values }) => [name, values]));
  return json({ 'Content-Type': ['application/json; charset=utf-8'], ...body }, 200, Object.fromEntries(headers));
}

const joined = (name: string, values: string[]): string =>
  values.join(name.toLowerCase() === 'set-cookie' ? '\n' : ', ');

export function basicAuth({ headers, params }: RoutedRequest): HttpResponse {
  const [user = '', ...password] = credentials(headers.authorization ?? '').split(':');
  const authorized = user === params.user && password.join(':') === params.password;
  const challenge = { 'www-authenticate': 'Basic realm="Fake Realm"' };
  return authorized ? json({ authorized, user }) : json({ authorized, user }, 401, challenge);
}

function credentials(authorization: string): string {
  const [scheme, encoded = ''] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'basic' || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0)
    return '';
  return atob(encoded);
}
