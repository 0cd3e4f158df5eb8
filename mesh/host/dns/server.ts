import { createSocket } from 'node:dgram';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import * as dns from 'dns-packet';
import { answerQuery } from './answer.ts';
import type { DnsOptions, DnsServer } from './types.ts';

/** Starts the DNS server on a port of 127.0.0.1 that is free for UDP and TCP. */
export async function startDns(options: DnsOptions): Promise<DnsServer> {
  const tcp = await listenTcp(options);
  const udp = createSocket('udp4');
  udp.on('message', (message, from) => {
    const reply = reactTo(message, options);
    if (reply !== undefined) udp.send(truncated(reply), from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject);
    udp.bind(tcp.port, '127.0.0.1', resolve);
  });
  return {
    port: tcp.port,
    async close() {
      await Promise.all([tcp.close(), new Promise<void>((resolve) => udp.close(resolve))]);
    },
  };
}

/** A message that is no query is dropped, as other servers do: an answer would only serve to probe. */
function reactTo(message: Buffer, options: DnsOptions): dns.Packet | undefined {
  try {
    const query = dns.decode(message);
    return query.type === 'query' ? answerQuery(query, options.lookup) : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 1035, 4.2.1: more than 512 bytes do not go over UDP; the client asks again over TCP. */
function truncated(reply: dns.Packet): Buffer {
  const whole = dns.encode(reply);
  return whole.length <= 512
    ? whole
    : dns.encode({ ...reply, answers: [], flags: (reply.flags ?? 0) | dns.TRUNCATED_RESPONSE });
}

async function listenTcp(options: DnsOptions): Promise<DnsServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    let data = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      data = Buffer.concat([data, chunk]);
      while (data.length >= 2 && data.length >= 2 + data.readUInt16BE(0)) {
        const end = 2 + data.readUInt16BE(0);
        const reply = reactTo(data.subarray(2, end), options);
        if (reply !== undefined) socket.write(dns.streamEncode(reply));
        data = data.subarray(end);
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
