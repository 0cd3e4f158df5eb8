import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ProxyHeader } from '../../mesh/world/proxy-protocol.ts';
import type { TrafficPlan } from '../../runner/place/place.ts';
import { startTraffic } from '../../runner/traffic/traffic.ts';
import type { DialSpec, RawObservation, Traffic } from '../../runner/traffic/types.ts';
import { capture, fakeDns, type Listening, listen, socketFolder } from './sockets.ts';

export type PlanChanges = Partial<Omit<TrafficPlan, 'request'>> & { request?: Partial<TrafficPlan['request']> };

export const trafficPlan = (changes: PlanChanges = {}): TrafficPlan => ({
  id: 'calls',
  from: { namespace: 'shop', app: 'curl' },
  unit: 'request',
  concurrency: 1,
  limit: {},
  ...changes,
  request: { url: 'http://customers/', method: 'GET', headers: {}, timeoutMs: 60_000, ...changes.request },
});

/** Answers the n-th request that arrives, from 0. */
export type Answer = (response: ServerResponse, n: number, request: IncomingMessage) => void;

export interface TrafficRun {
  traffic: Traffic;
  /** Leads to the server. */
  dial: DialSpec;
  /** PROXY headers, one per connection. */
  headers: ProxyHeader[];
  /** What listens on the capture socket. */
  proxy: Listening;
  arrived(): number;
  /** Resolves when so many requests have arrived. */
  until(count: number): Promise<void>;
  /** Sends a plan to its end. */
  all(plan: TrafficPlan): Promise<RawObservation[]>;
}

const never = new AbortController().signal;

/** A traffic client and an HTTP server behind a capture socket; the name customers leads there. */
export async function withTraffic(answer: Answer, use: (run: TrafficRun) => Promise<void>): Promise<void> {
  await using folder = await socketFolder();
  await using dns = await fakeDns({ 'customers.shop.svc.cluster.local': '10.96.0.12' });
  const { server, arrived, until } = countingServer(answer);
  const headers: ProxyHeader[] = [];
  const captured = capture((socket, header) => {
    headers.push(header);
    server.emit('connection', socket);
  });
  await using proxy = await listen(captured, folder.path('out.sock'));
  const { address, port } = dns;
  const search = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];
  const dial: DialSpec = {
    kind: 'captured',
    socket: folder.path('out.sock'),
    sourceIp: '10.244.1.5',
    dns: { address, port },
    search,
  };
  const traffic = await startTraffic();
  const all = (plan: TrafficPlan) => collect(traffic.send(plan, dial, never));
  try {
    await use({ traffic, dial, headers, proxy, arrived, until, all });
  } finally {
    await traffic.close();
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function countingServer(answer: Answer) {
  const waiting: { count: number; resolve(): void }[] = [];
  let arrived = 0;
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    answer(response, arrived++, request);
    for (const w of waiting) if (w.count <= arrived) w.resolve();
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => (count <= arrived ? resolve() : waiting.push({ count, resolve })));
  return { server, arrived: () => arrived, until };
}
