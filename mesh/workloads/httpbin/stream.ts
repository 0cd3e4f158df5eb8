import { seededRandom } from '../../world/random.ts';
import type { RoutedRequest } from '../routes.ts';
import type { HttpResponse, WorkloadContext } from '../workload.ts';
import { canonicalHeaders, describe, failure, lists, origin, plain } from './answer.ts';
import { maxDurationMs, parseDuration } from './duration.ts';
import { withBody } from './echo.ts';
import { parseStatus } from './status.ts';

/** go-httpbin's default -max-body-size. */
const maxBytes = 1024 * 1024;

export async function delay(request: RoutedRequest, ctx: WorkloadContext): Promise<HttpResponse> {
  const ms = parseDuration(request.params.seconds ?? '');
  if (ms === undefined) return failure(400, `invalid duration: ${request.params.seconds}, not between 0 and 10 s`);
  await ctx.sleep(ms);
  const response = withBody(request);
  const timing = `initial_delay;dur=${ms.toFixed(2)};desc="initial delay"`;
  return { ...response, headers: { ...response.headers, 'server-timing': timing } };
}

/** /drip?duration=2s&delay=0s&numbytes=10&code=200: the bytes of one answer, one by one. */
export async function drip({ query }: RoutedRequest, ctx: WorkloadContext): Promise<HttpResponse> {
  const duration = parseDuration(query.get('duration') ?? '2s');
  const wait = parseDuration(query.get('delay') ?? '2s');
  const count = Number(query.get('numbytes') ?? '10');
  const code = parseStatus(query.get('code') ?? '200', 200, 599);
  if (duration === undefined || wait === undefined) return failure(400, 'invalid duration: not between 0 and 10 s');
  if (duration + wait > maxDurationMs)
    return failure(400, `too much time: ${duration + wait} ms > ${maxDurationMs} ms`);
  if (!isCount(count, 1)) return failure(400, `invalid numbytes: not in range [1, ${maxBytes}]`);
  if (code === undefined) return failure(400, `invalid status code: ${query.get('code')}`);
  await ctx.sleep(wait);
  // Not chunked, as in go-httpbin: the length is known, only the bytes are late.
  return { ...plain(code, '', { 'content-length': String(count) }), body: drops(count, duration, ctx) };
}

async function* drops(count: number, durationMs: number, ctx: WorkloadContext): AsyncIterable<Uint8Array> {
  if (durationMs === 0) yield new Uint8Array(count).fill(0x2a);
  else
    for (let i = 0; i < count; i++) {
      if (i > 0) await ctx.sleep(durationMs / (count - 1));
      yield Uint8Array.of(0x2a);
    }
}

/** /stream/5: so many lines of JSON, 1 to 100. */
export function stream(request: RoutedRequest): HttpResponse {
  const n = Number(request.params.n);
  if (!Number.isInteger(n)) return failure(400, `invalid count: ${request.params.n}`);
  const { url } = describe(request);
  const rest = { args: lists(request.query), headers: canonicalHeaders(request.headers), origin: origin(request), url };
  // go-httpbin sets no type here; Go's guess from the first bytes is text/plain.
  const body = lines(Math.min(100, Math.max(1, n)), (id) => JSON.stringify({ id, ...rest }));
  return { ...plain(200), body };
}

async function* lines(count: number, line: (id: number) => string): AsyncIterable<Uint8Array> {
  for (let id = 0; id < count; id++) yield new TextEncoder().encode(`${line(id)}\n`);
}

/** /bytes/1024?seed=7 */
export function bytes(request: RoutedRequest, ctx: WorkloadContext): HttpResponse {
  const n = Number(request.params.n);
  const seed = request.query.get('seed');
  if (!isCount(n, 0)) return failure(400, `invalid byte count: not in range [0, ${maxBytes}]`);
  if (seed !== null && !/^-?\d+$/.test(seed)) return failure(400, `invalid seed: ${seed}`);
  const random = seed === null ? ctx.random : seededRandom(Number(seed)).next;
  const body = Uint8Array.from({ length: n }, () => Math.floor(random() * 256));
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body };
}

const isCount = (n: number, min: number): boolean => Number.isInteger(n) && n >= min && n <= maxBytes;
