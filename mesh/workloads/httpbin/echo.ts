import type { Json, JsonObject } from '../../json.ts';
import type { RoutedRequest } from '../routes.ts';
import type { HttpResponse } from '../workload.ts';
import { describe, failure, json, lists } from './answer.ts';

/** GET: the request, without its body. */
export const get = (request: RoutedRequest): HttpResponse => json(describe(request));

/** POST, PUT, PATCH, DELETE: the request with its body, read by content type. */
export function withBody(request: RoutedRequest): HttpResponse {
  try {
    return json({ ...describe(request), ...readBody(request) });
  } catch (error) {
    return failure(400, `error parsing request body: ${(error as Error).message}`);
  }
}

function readBody({ headers, body }: RoutedRequest): JsonObject {
  const nothing = { data: '', files: {}, form: {}, json: null };
  if (body.length === 0) return nothing;
  const type = headers['content-type']?.split(';')[0] ?? '';
  const data = new TextDecoder().decode(body);
  if (type === 'text/plain' || type === 'text/html') return { ...nothing, data };
  if (type === 'application/json') return { ...nothing, data, json: JSON.parse(data) as Json };
  if (type === 'application/x-www-form-urlencoded') return { ...nothing, data, form: lists(new URLSearchParams(data)) };
  return { ...nothing, data: `data:${type || 'application/octet-stream'};base64,${base64Url(body)}` };
}

const base64Url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
