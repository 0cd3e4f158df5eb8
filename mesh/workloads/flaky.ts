import { type RoutedRequest, routes } from './routes.ts';
import type { HttpResponse, Workload, WorkloadContext } from './workload.ts';

/** Requests whose tries are remembered; the oldest are forgotten. */
const remembered = 100_000;

/** Fails on demand, and says how often it was asked: retries, time-outs and ejection can be counted from outside. */
export const flaky: Workload = {
  name: 'flaky',
  images: ['mesh-labs/flaky'],
  ports(ctx) {
    const tries = new Map<string, number>();
    const handle = routes(
      {
        '/flaky': (r) => flakyAnswer(r, ctx, count(tries, r.headers['x-request-id'] ?? '')),
        '/always/{code}': (r) => answer(ctx, statusOf(r.params.code, 400), ''),
        'GET /count': (r) => answer(ctx, 200, `${tries.get(r.query.get('key') ?? '') ?? 0}\n`),
        '/slow': async (r) => {
          await ctx.sleep(Math.max(0, Number(r.query.get('ms')) || 0));
          return answer(ctx, 200, 'slow\n');
        },
        '/': () => answer(ctx, 200, 'ok\n'),
      },
      (_, status) => answer(ctx, status, ''),
    );
    return { 8080: { protocol: 'http', handle } };
  },
};

function count(tries: Map<string, number>, key: string): number {
  const n = (tries.get(key) ?? 0) + 1;
  tries.delete(key);
  tries.set(key, n);
  for (const oldest of tries.keys())
    if (tries.size > remembered) tries.delete(oldest);
    else break;
  return n;
}

function flakyAnswer(r: RoutedRequest, ctx: WorkloadContext, attempt: number): HttpResponse {
  const failures = Number(r.query.get('fail')) || 0;
  const status = attempt <= failures ? statusOf(r.query.get('code') ?? '503', 503) : 200;
  return answer(ctx, status, `try ${attempt}\n`);
}

function statusOf(text: string | undefined, otherwise: number): number {
  const code = Number(text);
  return Number.isInteger(code) && code >= 200 && code <= 599 ? code : otherwise;
}

const answer = (ctx: WorkloadContext, status: number, body: string): HttpResponse => ({
  status,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    'x-app-version': ctx.pod.labels.version ?? ctx.image.tag,
    'x-app-pod': ctx.pod.name,
  },
  body,
});
