import type { HeaderList } from '../runtime/header-list.ts';
import { internalOnly } from './internal-only.ts';

// Headers that Envoy keeps in one place each: a second value is joined to the first by ",". All others stay repeated.
// Measured on Envoy 1.40 for both directions; names of envoy/http/header_map.h (INLINE_*_HEADERS) and of the custom
// inline headers that its filters register.
const both = [
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-envoy-attempt-count',
  'x-envoy-decorator-operation',
  'x-request-id',
];
const request = [
  ...internalOnly,
  'accept',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'authorization',
  'expect',
  'grpc-accept-encoding',
  'grpc-timeout',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'origin',
  'referer',
  'te',
  'user-agent',
  'x-client-trace-id',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-external-address',
  'x-envoy-internal',
  'x-envoy-is-timeout-retry',
  'x-envoy-original-path',
  'x-envoy-upstream-stream-duration-ms',
  'x-forwarded-client-cert',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
];
const response = [
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'age',
  'date',
  'etag',
  'expires',
  'grpc-message',
  'grpc-status',
  'last-modified',
  'location',
  'server',
  'vary',
  'x-envoy-degraded',
  'x-envoy-immediate-health-check-fail',
  'x-envoy-ratelimited',
  'x-envoy-upstream-canary',
  'x-envoy-upstream-healthchecked-cluster',
  'x-envoy-upstream-service-time',
];

export type Direction = 'request' | 'response';

const inline: { [direction in Direction]: ReadonlySet<string> } = {
  request: new Set([...both, ...request]),
  response: new Set([...both, ...response]),
};

/** Whether a second value of this header is joined to the first. */
export const isInline = (name: string, direction: Direction): boolean => inline[direction].has(name);

/** Adds a value as Envoy does: joined for an inline header, as a further header otherwise. */
export function addHeader(headers: HeaderList, name: string, value: string, direction: Direction): void {
  const before = isInline(name, direction) ? headers.get(name) : undefined;
  if (before === undefined) headers.add(name, value);
  else if (before === '') headers.set(name, value);
  else headers.set(name, `${before},${value}`);
}

/** Joins what came repeated, as Envoy's codecs do when they fill a header map. */
export function joinInline(headers: HeaderList, direction: Direction): void {
  const { names } = headers;
  // Nothing is repeated in nearly all messages, and this is on the hot path.
  const repeated = names.filter((name, i) => names.indexOf(name) !== i);
  for (const name of repeated) if (isInline(name, direction)) headers.set(name, joinedWithoutEmpty(headers, name));
}

const joinedWithoutEmpty = (headers: HeaderList, name: string): string => {
  const all = headers.all(name);
  return all.reduce((before, value) => (before === '' ? value : `${before},${value}`));
};
