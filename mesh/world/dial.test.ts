import { describe, expect, it } from 'vitest';
import { candidates, podSearch, resolveHost, sourcePorts, uplinkHeader } from './dial.ts';
import { decodeProxy } from './proxy-protocol.ts';

const search = podSearch('shop');
const zone: { [name: string]: string[] } = {
  'customers.shop.svc.cluster.local': ['10.96.0.12'],
  'api.example.com': ['198.51.100.7', '198.51.100.8'],
  'empty.shop.svc.cluster.local': [],
};
const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

describe('names', () => {
  it.each([
    [
      'customers',
      ['customers.shop.svc.cluster.local', 'customers.svc.cluster.local', 'customers.cluster.local', 'customers'],
    ],
    [
      'a.b.c.d.e.f',
      [
        'a.b.c.d.e.f',
        'a.b.c.d.e.f.shop.svc.cluster.local',
        'a.b.c.d.e.f.svc.cluster.local',
        'a.b.c.d.e.f.cluster.local',
      ],
    ],
    ['customers.', ['customers']],
  ])('%s is asked for as %j', (host, names) => expect(candidates(host, search)).toEqual(names));

  it.each([
    ['customers', '10.96.0.12'],
    ['customers.shop.svc.cluster.local', '10.96.0.12'],
    ['api.example.com', '198.51.100.7'],
    ['10.1.2.3', '10.1.2.3'],
    ['[fd00::1]', 'fd00::1'],
  ])('%s is %s', async (host, address) => {
    const asked: string[] = [];
    const lookup = (name: string) => {
      asked.push(name);
      return zone[name] ? Promise.resolve(zone[name]) : failing('ENOTFOUND');
    };
    expect(await resolveHost(host, search, lookup)).toBe(address);
    expect(asked).toEqual(candidates(host, search).slice(0, asked.length));
  });

  it.each([
    ['an unknown name', 'ENOTFOUND', 'ENOTFOUND'],
    ['a name without addresses', 'ENODATA', 'ENOTFOUND'],
    ['a DNS that refuses', 'ECONNREFUSED', 'EAI_AGAIN'],
    ['a DNS that is silent', 'ETIMEOUT', 'EAI_AGAIN'],
  ])('%s', async (_, answer, code) => {
    await expect(resolveHost('nobody', search, () => failing(answer))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`getaddrinfo ${code} nobody`),
    });
  });
});

describe('the header', () => {
  const source = { ip: '10.244.1.5', port: 40_000 };
  const destination = { ip: '10.96.0.12', port: 80 };
  it.each([
    ['a Unix socket', { socket: 'out.sock' }, { version: 1, tlvs: [] }],
    [
      'a port',
      { port: 1, secret: 'ab12' },
      { version: 2, tlvs: [{ type: 0xe0, value: new TextEncoder().encode('ab12') }] },
    ],
  ])('for %s', (_, uplink, header) => {
    expect(decodeProxy(uplinkHeader(uplink, source, destination))).toMatchObject({
      header: { ...header, addresses: { source, destination } },
    });
  });

  it('takes ports in turn and starts again at the end', () => {
    const next = sourcePorts();
    const ports = Array.from({ length: 28_233 }, next);
    expect([ports[0], ports[1], ports[28_231], ports[28_232]]).toEqual([32_768, 32_769, 60_999, 32_768]);
  });
});
