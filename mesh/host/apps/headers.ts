import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { HeaderMap } from '../../workloads/workload.ts';

/** Node's headers as ours: see HeaderMap. HTTP/2's :authority becomes host, its other pseudo headers go. */
export function flatHeaders(headers: IncomingHttpHeaders): HeaderMap {
  const flat: HeaderMap = {};
  const authority = headers[':authority'];
  if (typeof authority === 'string') flat.host = authority;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || name.startsWith(':')) continue;
    flat[name] = typeof value === 'string' ? value : value.join(name === 'set-cookie' ? '\n' : ', ');
  }
  return flat;
}

/** Ours as Node's; `isHttp2` drops what HTTP/2 forbids (RFC 9113, 8.2.2). */
export function nodeHeaders(headers: HeaderMap, isHttp2: boolean): OutgoingHttpHeaders {
  const result: OutgoingHttpHeaders = {};
  for (const name in headers) {
    if (isHttp2 && connectionHeaders.has(name)) continue;
    const value = headers[name] ?? '';
    result[name] = name === 'set-cookie' ? value.split('\n') : value;
  }
  return result;
}

const connectionHeaders = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);
