import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { type AppStream, createMeshSim } from '../mesh-sim.ts';
import { client, config, lbEndpoint, listener, tcpProxy, typed, virtualOutbound } from '../testing/mini.ts';

const text = new TextDecoder();
const bytes = (s: string) => new TextEncoder().encode(s);

/** Greets first, then echoes until the client ends. */
const greeter = async ({ readable, writable }: AppStream) => {
  const writer = writable.getWriter();
  await writer.write(bytes('hello '));
  for await (const chunk of readable) await writer.write(chunk);
  await writer.close();
};

/** `silent`: only listens, and waits for the other side to end. */
async function talk(stream: AppStream, silent: boolean): Promise<string> {
  const writer = stream.writable.getWriter();
  await writer.write(bytes('ping'));
  if (!silent) await writer.close();
  let all = '';
  for await (const chunk of stream.readable) all += text.decode(chunk);
  return all;
}

/** What an app at the client gets over TCP, and when. `url` is fetched to start it. */
async function run(listenerMore: JsonObject, port = 80, proxy: JsonObject = {}): Promise<string> {
  const sim = createMeshSim({ seed: 1, issue: () => undefined, dns: () => ['10.96.0.1'] });
  sim.addProxy({ id: 'client', ip: client, metadata: {} });
  const backend = { loadAssignment: { endpoints: [{ lbEndpoints: [lbEndpoint('10.0.1.1', 9000)] }] } };
  sim.update(
    'client',
    config({
      listeners: [
        virtualOutbound([tcpProxy({ cluster: 'none' })]),
        listener('80', 80, { filterChains: [{ filters: [tcpProxy({ cluster: 'c', ...proxy })] }], ...listenerMore }),
      ],
      clusters: [{ name: 'c', type: 'STATIC', ...backend }],
    }),
  );
  sim.attach('10.0.1.1', '', () => ({ 9000: { protocol: 'tcp', serve: greeter } }));
  sim.attach(client, '', ({ connect, now }) => ({
    1: {
      protocol: 'http',
      async handle() {
        const start = now();
        const got = await connect('svc', port)
          .then(
            (stream) => talk(stream, proxy.cluster === undefined && Object.keys(proxy).length > 0),
            (e: { code: string }) => e.code,
          )
          .catch((e: { code: string }) => e.code);
        return { status: 200, body: `${got} ${now() - start}` };
      },
    },
  }));
  const answer = sim.send({ from: client, url: `http://${client}:1/` });
  await sim.run();
  return (await answer).body;
}

const inspected = {
  listenerFilters: [
    { name: 'tls', typedConfig: typed('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector') },
  ],
};

describe('TCP streams', () => {
  it.each<[string, JsonObject, number, string]>([
    ['server first, nobody inspects', {}, 80, 'hello ping 0'],
    ['an inspector waits for the client, whose bytes come', inspected, 80, 'hello ping 0'],
    ['no cluster: reset', {}, 81, 'ECONNRESET 0'],
  ])('%s', async (_, more, port, expected) => expect(await run(more, port)).toBe(expected));

  it.each<[string, JsonObject, string]>([
    ['idle', { idleTimeout: '5s' }, 'hello ping 5000'],
    ['too old', { maxDownstreamConnectionDuration: '3s' }, 'hello ping 3000'],
    ['whichever comes first', { idleTimeout: '5s', maxDownstreamConnectionDuration: '8s' }, 'hello ping 5000'],
  ])('tcp_proxy ends a connection that is %s', async (_, proxy, expected) =>
    expect(await run({}, 80, proxy)).toBe(expected),
  );
});
