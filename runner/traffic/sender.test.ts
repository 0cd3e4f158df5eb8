import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listen, socketFolder } from '../../test/support/sockets.ts';
import { KindError } from './failure.ts';
import type { WireObservation } from './messages.ts';
import { prepareRequest } from './request-bytes.ts';
import { Sender } from './sender.ts';

// Server and client share one event loop here, so that what the server does is complete before the client sees any of it.

async function withSender(server: Server, use: (sender: Sender) => Promise<void>, body?: string): Promise<void> {
  await using folder = await socketFolder();
  const path = folder.path('s.sock');
  await using _ = await listen(server, path);
  const open = async (): Promise<Socket> => {
    const socket = connect(path);
    await new Promise((connected) => socket.once('connect', connected));
    return socket;
  };
  const plan = {
    url: 'http://app/',
    method: 'POST',
    headers: {},
    timeoutMs: 60_000,
    ...(body !== undefined && { body }),
  };
  const sender = new Sender({ request: prepareRequest(plan), dial: open, timeoutMs: 60_000, isFresh: false });
  await use(sender);
  sender.cut(new KindError('ABORTED', 'the test is over'));
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
const kindOf = ({ status, error }: WireObservation) => error?.kind ?? status;

describe('what becomes of a request on a Unix socket', () => {
  it('EPIPE when the other side had gone after its last answer', () =>
    withSender(
      createServer((socket) => {
        socket.once('data', () => {
          socket.write(ok);
          socket.destroy();
        });
      }),
      async (sender) => expect([kindOf(await sender.send()), kindOf(await sender.send())]).toEqual([200, 'EPIPE']),
    ));

  it('a new connection after one that has broken', () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.once('data', () => (connections === 1 ? socket.end() : socket.write(ok)));
    });
    return withSender(server, async (sender) => {
      expect([kindOf(await sender.send()), kindOf(await sender.send())]).toEqual(['EOF', 200]);
      expect(connections).toBe(2);
    });
  });

  it.skipIf(process.platform !== 'linux')('ECONNRESET when it is gone with the request unread (Linux)', () => {
    const server = createServer({ pauseOnConnect: true }, (socket) => setImmediate(() => socket.destroy()));
    return withSender(
      server,
      async (sender) => expect(kindOf(await sender.send())).toBe('ECONNRESET'),
      'x'.repeat(1_000_000),
    );
  });

  it('ABORTED when it is cut', () => {
    const { promise: received, resolve } = Promise.withResolvers<void>();
    const server = createServer((socket) => socket.once('data', () => resolve()));
    return withSender(server, async (sender) => {
      const sent = sender.send();
      await received;
      sender.cut(new KindError('ABORTED', 'enough'));
      expect((await sent).error).toEqual({ kind: 'ABORTED', message: 'enough' });
    });
  });
});
