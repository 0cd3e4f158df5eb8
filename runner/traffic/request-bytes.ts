import { ProblemError } from '../../mesh/problem.ts';
import type { TrafficPlan } from '../place/place.ts';

/** A plan's request, ready to be written to a connection as often as wanted. */
export interface PreparedRequest {
  bytes: Buffer;
  method: string;
  host: string;
  port: number;
  isTls: boolean;
}

/** Throws a ProblemError for what cannot be sent. */
export function prepareRequest({ url: text, method, headers, body }: TrafficPlan['request']): PreparedRequest {
  const url = parseUrl(text);
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const all = { host: url.host, 'user-agent': 'mesh-labs', accept: '*/*', ...length, ...given };
  const lines = Object.entries(all).map(([name, value]) => headerLine(name, value));
  if (!token.test(method)) throw wrong(`not a method: ${JSON.stringify(method)}`);
  const head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
  const isTls = url.protocol === 'https:';
  return {
    bytes: Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body ?? '')]),
    method,
    host: url.hostname,
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    isTls,
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw wrong(`not an http or https URL: ${JSON.stringify(text)}`);
  return url;
}

/** RFC 9110, 5.6.2. */
const token = /^[\w!#$%&'*+.^`|~-]+$/;

function headerLine(name: string, value: string): string {
  if (!token.test(name)) throw wrong(`not a header name: ${JSON.stringify(name)}`);
  // A line end would smuggle in another header; what is beyond Latin-1 cannot be written in one.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
    throw wrong(`header ${name} has a value that cannot be sent: ${JSON.stringify(value)}`);
  return `${name}: ${value}\r\n`;
}

const wrong = (what: string): ProblemError => new ProblemError({ what, fix: 'correct the request of this traffic' });
