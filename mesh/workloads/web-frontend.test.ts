import { describe, expect, it } from 'vitest';
import { fakeContext, serve } from '../../test/support/workload-context.ts';
import { webFrontend } from './web-frontend.ts';
import type { FetchOptions, WorkloadContext } from './workload.ts';

const url = 'http://customers.default.svc.cluster.local';

/** The page as it looks when the upstream answers so. */
function frontend(answer: { status?: number; body?: string; error?: Error }, env: WorkloadContext['env'] = {}) {
  const calls: { url: string; options?: FetchOptions }[] = [];
  const ctx = fakeContext({
    env: { CUSTOMER_SERVICE_URL: url, ...env },
    fetch: async (target, options) => {
      calls.push({ url: target, ...(options && { options }) });
      if (answer.error) throw answer.error;
      return { status: answer.status ?? 200, headers: {}, body: new TextEncoder().encode(answer.body ?? '[]') };
    },
  });
  return { send: serve(webFrontend, 8080, ctx), calls };
}

const errno = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('web-frontend', () => {
  it.each([
    ['names', '[{"name":"A"}]', ['NAME']],
    ['names and cities', '[{"city":"X","name":"A"}]', ['NAME', 'CITY']],
    ['nobody', '[]', ['NAME']],
  ])('shows %s', async (_, body, columns) => {
    const { send, calls } = frontend({ body });
    const { status, text } = await send('GET /');
    expect(status).toBe(200);
    expect([...text.matchAll(/<th>(\w+)<\/th>/g)].map((m) => m[1])).toEqual(columns);
    expect(calls.map((c) => c.url)).toEqual([url]);
  });

  it('quotes what it shows', async () => {
    const { text } = await frontend({ body: '[{"name":"<b>&"}]' }).send('GET /');
    expect(text).toContain('<td>&#60;b&#62;&#38;</td>');
  });

  it.each([
    ['a status', { status: 403, body: 'RBAC: access denied' }, ['403', 'RBAC: access denied']],
    ['a reset', { error: errno('ECONNRESET', 'socket hang up') }, ['ECONNRESET', 'socket hang up']],
    ['an unknown name', { error: errno('ENOTFOUND', 'getaddrinfo ENOTFOUND customers') }, ['ENOTFOUND customers']],
    ['no JSON', { body: '<html>' }, ['not valid JSON']],
    ['no list', { body: '{}' }, ['list']],
  ])('turns %s into 500 and says so', async (_, answer, parts) => {
    const { status, text } = await frontend(answer).send('GET /');
    expect(status).toBe(500);
    for (const part of parts) expect(text).toContain(part);
  });

  it('says when it does not know where the customers are', async () => {
    const { status, text } = await frontend({}, { CUSTOMER_SERVICE_URL: '' }).send('GET /');
    expect([status, text.includes('CUSTOMER_SERVICE_URL')]).toEqual([500, true]);
  });

  const trace = { 'x-request-id': '1', traceparent: '00-a-b-01', b3: 'x', 'x-datadog-trace-id': '7' };
  const caller = { 'user-agent': 'curl/8', user: 'debug' };
  it.each([
    ['everything of the trace and the caller', {}, { ...trace, ...caller }],
    ['only the caller with PROPAGATE=off', { PROPAGATE: 'off' }, caller],
  ])('forwards %s', async (_, env, forwarded) => {
    const { send, calls } = frontend({}, env);
    await send('GET /', { headers: { ...trace, ...caller, cookie: 'a=b', authorization: 'x', accept: '*/*' } });
    expect(calls[0]?.options?.headers).toEqual(forwarded);
  });

  it('calls nobody for other paths', async () => {
    const { send, calls } = frontend({});
    expect((await send('GET /favicon.ico')).status).toBe(404);
    expect(calls).toEqual([]);
  });
});
