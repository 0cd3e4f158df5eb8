import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../mesh/problem.ts';
import { closed, listen } from '../../test/support/sockets.ts';
import { type Answer, collect, trafficPlan as plan, withTraffic } from '../../test/support/traffic-run.ts';
import { startTraffic } from './traffic.ts';

const numbered: Answer = (response, n) => response.writeHead(200, { 'x-n': String(n) }).end(`answer ${n}`);
const never = new AbortController().signal;

describe('a plan', () => {
  it('yields one observation per request', () =>
    withTraffic(numbered, async ({ all, headers }) => {
      const observations = await all(plan({ limit: { requests: 3 } }));
      expect(observations).toHaveLength(3);
      expect(observations[2]).toEqual({
        index: 2,
        status: 200,
        headers: expect.objectContaining({ 'x-n': '2' }),
        body: 'answer 2',
        latencyMs: expect.any(Number),
        request: { method: 'GET', url: 'http://customers/' },
      });
      const destination = { ip: '10.96.0.12', port: 80 };
      expect(headers).toMatchObject([{ version: 1, addresses: { source: { ip: '10.244.1.5' }, destination } }]);
    }));

  it('yields in the order of sending, not of completion', () => {
    let first: ServerResponse | undefined;
    const answer: Answer = (response, n) => {
      if (n === 0) first = response;
      else response.end(String(n));
      if (n === 20) first?.end('0');
    };
    return withTraffic(answer, async ({ all }) => {
      const observations = await all(plan({ concurrency: 2, limit: { requests: 30 } }));
      expect(observations.map((o) => o.index)).toEqual([...Array(30).keys()]);
      // Which of the first two arrives first is open; the one that was held back stands where it was sent all the same.
      expect(
        observations
          .slice(0, 2)
          .map((o) => o.body)
          .sort(),
      ).toEqual(['0', '1']);
      expect(observations.slice(2, 20).map((o) => o.body)).toEqual([...Array(18).keys()].map((i) => String(i + 2)));
    });
  });

  it.each([
    ['request', 4, 4],
    ['connection', 4, 40],
  ] as const)('per %s with concurrency %i makes %i connections for 40', (unit, concurrency, connections) =>
    withTraffic(numbered, async ({ all, headers }) => {
      const observations = await all(plan({ unit, concurrency, limit: { requests: 40 } }));
      expect(observations.every((o) => o.status === 200)).toBe(true);
      expect(headers).toHaveLength(connections);
      expect(new Set(headers.map((h) => h.addresses?.source.port)).size).toBe(connections);
    }),
  );

  it('sends method, headers and body', () => {
    const echo: Answer = (response, _, request) => {
      response.setHeader('x-method', request.method ?? '');
      response.setHeader('x-user', String(request.headers.user));
      request.pipe(response);
    };
    return withTraffic(echo, async ({ all }) => {
      const request = { method: 'POST', headers: { user: 'debug' }, body: 'ä'.repeat(5000) };
      const [observation] = await all(plan({ request, limit: { requests: 1 } }));
      expect(observation).toMatchObject({ body: request.body, headers: { 'x-method': 'POST', 'x-user': 'debug' } });
    });
  });

  it('does not follow redirects, and keeps 64 KiB of a body', () => {
    const answer: Answer = (response) => response.writeHead(302, { location: '/x' }).end('x'.repeat(100_000));
    return withTraffic(answer, async ({ all, arrived }) => {
      const [observation] = await all(plan({ limit: { requests: 1 } }));
      expect([observation?.status, observation?.headers.location, observation?.body.length]).toEqual([
        302,
        '/x',
        65_536,
      ]);
      expect(arrived()).toBe(1);
    });
  });

  it('keeps to its rate, and ends with its time', () =>
    withTraffic(numbered, async ({ all }) => {
      const observations = await all(plan({ concurrency: 4, rate: 50, limit: { durationMs: 100 } }));
      expect(observations.length).toBeGreaterThanOrEqual(1);
      expect(observations.length).toBeLessThanOrEqual(5);
    }));

  it('with a rate sends on while an answer is late', () => {
    let first: ServerResponse | undefined;
    const answer: Answer = (response, n) => {
      if (n === 0) first = response;
      else response.end();
      if (n === 10) first?.end();
    };
    return withTraffic(answer, async ({ all }) => {
      expect(await all(plan({ concurrency: 2, rate: 1000, limit: { requests: 11 } }))).toHaveLength(11);
    });
  });

  it('runs beside another', () =>
    withTraffic(numbered, async ({ all }) => {
      const runs = await Promise.all([2, 3, 4].map((requests) => all(plan({ concurrency: 2, limit: { requests } }))));
      expect(runs.map((r) => r.map((o) => o.index))).toEqual([
        [0, 1],
        [0, 1, 2],
        [0, 1, 2, 3],
      ]);
    }));

  it.each([
    ['a URL that is none', plan({ request: { url: 'customers' } }), 'not an http or https URL'],
    ['no concurrency', plan({ concurrency: 0 }), 'concurrency of calls is 0'],
    ['no rate', plan({ rate: 0 }), 'rate of calls is 0'],
  ])('is refused with %s', (_, wrong, what) =>
    withTraffic(numbered, async ({ all }) => {
      await expect(all(wrong)).rejects.toThrow(ProblemError);
      await expect(all(wrong)).rejects.toThrow(what);
    }),
  );
});

describe('the consumer', () => {
  it('ends the traffic when it has enough', () =>
    withTraffic(numbered, async ({ traffic, dial, all, arrived, proxy }) => {
      for await (const { index } of traffic.send(plan({ concurrency: 4 }), dial, never)) if (index === 10) break;
      const before = arrived();
      await all(plan({ limit: { requests: 1 } }));
      expect(arrived()).toBe(before + 1);
      await Promise.all([...proxy.sockets].map(closed));
    }));

  it('that is slow holds the client back', () =>
    withTraffic(numbered, async ({ traffic, dial, all, arrived, until }) => {
      const slow = traffic.send(plan({ concurrency: 4 }), dial, never)[Symbol.asyncIterator]();
      await slow.next();
      await until(4096);
      await all(plan({ limit: { requests: 500 } }));
      expect(arrived()).toBe(4096 + 500);
      await slow.return?.();
    }));

  it.each([
    ['while answers come', numbered],
    ['while none comes', () => {}],
  ])('can abort %s', (_, answer) =>
    withTraffic(answer, async ({ traffic, dial, until, proxy }) => {
      const enough = new AbortController();
      const running = collect(traffic.send(plan(), dial, enough.signal));
      await until(1);
      enough.abort(new Error('Ctrl-C'));
      await expect(running).rejects.toThrow('Ctrl-C');
      await Promise.all([...proxy.sockets].map(closed));
      await expect(collect(traffic.send(plan(), dial, enough.signal))).rejects.toThrow('Ctrl-C');
    }),
  );
});

describe('the process', () => {
  it('that is killed is never a short run', () =>
    withTraffic(numbered, async ({ traffic, dial }) => {
      const running = (async () => {
        for await (const { index } of traffic.send(plan({ concurrency: 4 }), dial, never))
          if (index === 100) process.kill(traffic.pid, 'SIGKILL');
      })();
      await expect(running).rejects.toThrow(/the traffic client ended \(SIGKILL\)/);
      await expect(collect(traffic.send(plan(), dial, never))).rejects.toThrow(ProblemError);
      await expect(traffic.loopDelay()).rejects.toThrow(ProblemError);
    }));

  it('that is closed while it sends says so', () =>
    withTraffic(
      () => {},
      async ({ traffic, dial, until }) => {
        const running = collect(traffic.send(plan(), dial, never));
        await until(1);
        await Promise.all([traffic.close(), expect(running).rejects.toThrow('was closed')]);
      },
    ));

  it('measures its event loop', () =>
    withTraffic(numbered, async ({ traffic }) => {
      const { p99Ms, maxMs } = await traffic.loopDelay();
      expect(maxMs).toBeGreaterThanOrEqual(p99Ms);
    }));

  it.each([
    ['cannot be started', ['/nowhere/at/all'], /ENOENT/],
    [
      'ends at once',
      [process.execPath, '-e', 'console.error(process.env.RUN); process.exit(3)'],
      /exit code 3.*of this run/,
    ],
  ] as const)('that %s is a problem', async (_, command, what) => {
    await expect(startTraffic({ command, env: { RUN: 'of this run' } })).rejects.toThrow(what);
  });

  it('ends with its parent', async () => {
    await using server = await listen(createServer());
    const script = `
      const { startTraffic } = await import(${JSON.stringify(new URL('./traffic.ts', import.meta.url).href)});
      const plan = ${JSON.stringify(plan({ request: { url: `http://127.0.0.1:${server.port}/` } }))};
      const traffic = await startTraffic();
      for await (const _ of traffic.send(plan, { kind: 'direct' }, new AbortController().signal));`;
    const connected = once(server.server, 'connection');
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    const [socket] = await connected;
    parent.kill('SIGKILL');
    await closed(socket);
  });
});
