import type { HttpRequest } from './workload.ts';

/** The line that every app logs for a request; checks count and read them. One JSON object: method, path, host, headers. */
export const requestLine = ({ method, path, headers }: HttpRequest): string =>
  JSON.stringify({ method, path, host: headers.host ?? headers[':authority'] ?? '', headers });
