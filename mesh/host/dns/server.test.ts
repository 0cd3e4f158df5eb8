import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import * as dns from 'dns-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DnsAnswer } from '../../kube/cluster-dns.ts';
import { startDns } from './server.ts';
import type { DnsServer } from './types.ts';

const known: { [name: string]: DnsAnswer } = {
  'customers.shop.svc.cluster.local': { ipv4: ['10.96.0.11'], ipv6: [] },
  'db.shop.svc.cluster.local': {
    ipv4: ['10.244.1.7', '10.244.1.8'],
    ipv6: ['fd00::7'],
    srv: [{ port: 5432, target: 'db-0.db.shop.svc.cluster.local' }],
  },
  'many.shop.svc.cluster.local': { ipv4: Array.from({ length: 100 }, (_, i) => `10.244.2.${i}`), ipv6: [] },
};
const asked: string[] = [];
let server: DnsServer;
const resolver = new Resolver({ timeout: 1000, tries: 1 });

beforeAll(async () => {
  server = await startDns({
    lookup(name) {
      asked.push(name);
      return known[name];
    },
  });
  resolver.setServers([`127.0.0.1:${server.port}`]);
});
afterAll(() => server.close());

describe('DNS of the run', () => {
  it('answers A, AAAA and SRV', async () => {
    expect(await resolver.resolve4('customers.shop.svc.cluster.local')).toEqual(['10.96.0.11']);
    expect(await resolver.resolve6('db.shop.svc.cluster.local')).toEqual(['fd00::7']);
    expect(await resolver.resolveSrv('db.shop.svc.cluster.local')).toMatchObject([
      { port: 5432, name: 'db-0.db.shop.svc.cluster.local' },
    ]);
  });

  it('asks by lower case, as names have none', async () => {
    expect(await resolver.resolve4('Customers.SHOP.svc.cluster.local')).toEqual(['10.96.0.11']);
    expect(asked.at(-1)).toBe('customers.shop.svc.cluster.local');
  });

  it.for([
    ['a name without that kind of address', 'customers.shop.svc.cluster.local', 'ENODATA'],
    ['an unknown name', 'example.com', 'ENOTFOUND'],
  ] as const)('%s: %s', async ([, name, code]) => {
    await expect(resolver.resolve6(name)).rejects.toMatchObject({ code });
  });

  it('sends long answers by TCP', async () => {
    expect(await resolver.resolve4('many.shop.svc.cluster.local')).toHaveLength(100);
  });

  it('answers several queries on one TCP connection, also when they arrive in pieces', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const query = (id: number) =>
      dns.streamEncode({ type: 'query', id, questions: [{ type: 'A', name: 'customers.shop.svc.cluster.local' }] });
    const bytes = Buffer.concat([query(1), query(2)]);
    socket.write(bytes.subarray(0, 20));
    socket.write(bytes.subarray(20));
    let data = Buffer.alloc(0);
    const ids: (number | undefined)[] = [];
    for await (const chunk of socket) {
      data = Buffer.concat([data, chunk]);
      while (data.length >= 2 && data.length >= 2 + data.readUInt16BE(0)) {
        const end = 2 + data.readUInt16BE(0);
        ids.push(dns.streamDecode(data.subarray(0, end)).id);
        data = data.subarray(end);
      }
      if (ids.length === 2) break;
    }
    expect(ids).toEqual([1, 2]);
  });

  it('goes on after garbage', async () => {
    const socket = createSocket('udp4');
    await new Promise((resolve) => socket.send(Buffer.from([1, 2, 3]), server.port, '127.0.0.1', resolve));
    socket.close();
    expect(await resolver.resolve4('customers.shop.svc.cluster.local')).toEqual(['10.96.0.11']);
  });
});
