import type { RoutedRequest } from '../routes.ts';
import type { HttpResponse } from '../workload.ts';
import { failure } from './answer.ts';
import { parseStatus } from './status.ts';

const to = (location: string, status = 302): HttpResponse => ({ status, headers: { location } });

/** /redirect/3 leads to /get in three steps. */
export function redirect(request: RoutedRequest): HttpResponse {
  const n = Number(request.params.n);
  if (!Number.isInteger(n)) return failure(400, `invalid redirect count: ${request.params.n}`);
  if (n < 1) return failure(400, 'redirect count must be > 0');
  const isAbsolute = request.query.get('absolute')?.toLowerCase() === 'true';
  const next = n === 1 ? '/get' : `/${isAbsolute ? 'absolute' : 'relative'}-redirect/${n - 1}`;
  return to(isAbsolute ? `${request.headers['x-forwarded-proto'] ?? 'http'}://${request.headers.host}${next}` : next);
}

/** /redirect-to?url=…&status_code=307 */
export function redirectTo(request: RoutedRequest): HttpResponse {
  const url = request.query.get('url');
  if (!url) return failure(400, 'missing required query parameter: url');
  const code = request.query.get('status_code') ?? '302';
  const status = parseStatus(code, 300, 399);
  return status ? to(url, status) : failure(400, `invalid status code: ${code} not in range [300, 399]`);
}
