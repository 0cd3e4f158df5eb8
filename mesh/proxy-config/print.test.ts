import { describe, expect, it } from 'vitest';
import { camelCased } from './camel.ts';
import { fromConfigDump, secretsOfConfigDump } from './config-dump.ts';
import { fromXds } from './from-xds.ts';
import { routesTable } from './routes.ts';
import { secretNamesTable, secretsTable } from './secrets.ts';
import { alignedLines, fittedLines, type Table } from './table.ts';

const table: Table = {
  columns: ['NAME', 'VIRTUAL SERVICE'],
  rows: [
    { cells: ['outbound|80|v1|catalog.shop.svc.cluster.local', 'split.shop'], at: '' },
    { cells: ['ä', ''], at: '' },
  ],
  padding: 5,
};

describe('tables', () => {
  it('are aligned as by istioctl; the last column is not filled up', () => {
    const wide = ' '.repeat(46);
    expect(alignedLines(table).flat()).toEqual([
      `NAME${wide}VIRTUAL SERVICE`,
      'outbound|80|v1|catalog.shop.svc.cluster.local     split.shop',
      `ä${' '.repeat(49)}`,
    ]);
  });

  it.each([
    [80, 50, 3],
    [63, 47, 3],
    [50, 35, 4],
    [30, 15, 6],
  ])('in %d columns have the second one at %d, and %d lines', (width, second, count) => {
    const lines = fittedLines(table, width).flat();
    expect(lines).toHaveLength(count);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines[0]?.indexOf('VIRTUAL')).toBe(second);
    expect(lines[1]?.indexOf('split.shop')).toBe(second);
  });

  it('stay wider than a terminal that is too small for their headings', () => {
    expect(fittedLines(table, 5).flat()[0]).toBe('NAME         VIRTUAL SERVICE');
  });

  it('lose no letter where cells are broken', () => {
    const text = fittedLines(table, 40)[1]?.map((line) => line.replace('split.shop', '').trim());
    expect(text?.join('')).toBe('outbound|80|v1|catalog.shop.svc.cluster.local');
  });
});

describe("Envoy's own JSON", () => {
  it('gets names in camelCase, but keys that are data stay', () => {
    expect(
      camelCased({
        filter_chains: [{ filter_chain_match: { destination_port: 80 } }],
        metadata: { filter_metadata: { istio: { my_key: { a_b: 1 } } } },
        typed_per_filter_config: { 'envoy.my_filter': { '@type': 'a', max_age: null } },
        consecutive_5xx: 5,
      }),
    ).toEqual({
      filterChains: [{ filterChainMatch: { destinationPort: 80 } }],
      metadata: { filterMetadata: { istio: { my_key: { a_b: 1 } } } },
      typedPerFilterConfig: { 'envoy.my_filter': { '@type': 'a', maxAge: null } },
      consecutive5xx: 5,
    });
  });

  it('is read from its config dump; updates that failed are not there', () => {
    const config = fromConfigDump({
      configs: [
        {
          '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
          static_listeners: [{ listener: { name: 's' } }],
          dynamic_listeners: [{ name: 'bad', error_state: {} }, { active_state: { listener: { name: 'd' } } }],
        },
        {
          '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
          dynamic_active_clusters: [{ cluster: { name: 'c' } }],
        },
      ],
    });
    const names = Object.values(config).map((list) =>
      list.map((e: { resource: { name?: unknown } }) => e.resource.name),
    );
    expect(names).toEqual([['d', 's'], [], ['c'], []]);
  });
});

describe('configuration that istiod sends', () => {
  it('has the routes and endpoints that listeners and clusters carry, and knows where they stand', () => {
    const routeConfig = {
      name: 'inbound|80||',
      virtualHosts: [{ name: 'h', domains: ['*'], routes: [{ match: { prefix: '/' } }] }],
    };
    const filter = { name: 'envoy.filters.network.http_connection_manager', typedConfig: { routeConfig } };
    const config = fromXds({
      listeners: [
        {
          name: 'l',
          filterChains: [{ filters: [{ name: 'other' }, filter] }],
          defaultFilterChain: { filters: [filter] },
        },
      ],
      routes: [{ name: '80', virtualHosts: [] }],
      clusters: [{ name: 'c', loadAssignment: { clusterName: 'c' } }, { name: 'd' }],
      endpoints: [{ clusterName: 'e' }],
    });
    expect(routesTable(config.routes).rows.map((r) => r.at)).toEqual([
      '/listeners/0/filterChains/0/filters/1/typedConfig/routeConfig/virtualHosts/0/routes/0',
      '/listeners/0/defaultFilterChain/filters/0/typedConfig/routeConfig/virtualHosts/0/routes/0',
    ]);
    expect(config.endpoints.map((e) => e.at)).toEqual(['/endpoints/0', '/clusters/0/loadAssignment']);
  });
});

describe('secrets', () => {
  const pem = (text: string) => ({ inline_bytes: btoa(text) });
  const day = (n: number) => new Date(Date.UTC(2026, 0, n));
  const read = (text: string) =>
    text === 'junk'
      ? undefined
      : {
          serialNumber: 'AB1',
          notBefore: day(1),
          notAfter: day(3),
          isCa: text === 'ca',
          uris: ['spiffe://cluster.local/ns/a/sa/b'],
        };
  const dump = (...secrets: object[]) => ({
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.SecretsConfigDump',
        dynamic_active_secrets: secrets as never[],
        dynamic_warming_secrets: [{ name: 'kubernetes://x', secret: {} }],
      },
    ],
  });
  const own = { name: 'default', secret: { tls_certificate: { certificate_chain: pem('leaf') } } };
  const roots = { name: 'ROOTCA', secret: { validation_context: { trusted_ca: pem('ca') } } };
  const serial = 'ab1'.padStart(32, '0');

  it('are told with their certificates; what is waited for has none', () => {
    const found = secretsTable(secretsOfConfigDump(dump(own, roots)), { read, now: day(2) });
    expect(found.rows.map((r) => r.cells.join(' '))).toEqual([
      'kubernetes://x  WARMING false   ',
      `default Cert Chain ACTIVE true ${serial} 2026-01-03T00:00:00Z 2026-01-01T00:00:00Z`,
      `ROOTCA CA ACTIVE true ${serial} 2026-01-03T00:00:00Z 2026-01-01T00:00:00Z`,
    ]);
    expect(found.columns).not.toContain('TRUST DOMAIN');
  });

  it('tell trust domains where all are known, one line for each of a bundle', () => {
    const bundle = {
      name: 'ROOTCA',
      secret: {
        validation_context: {
          custom_validator_config: {
            typed_config: {
              trust_domains: [
                { name: 'east', trust_bundle: pem('ca') },
                { name: 'west', trust_bundle: pem('ca') },
              ],
            },
          },
        },
      },
    };
    const { configs } = dump(own, bundle);
    const active = { configs: configs.map((c) => ({ ...c, dynamic_warming_secrets: [] })) };
    const rows = secretsTable(secretsOfConfigDump(active), { read, now: day(9), withType: true }).rows;
    expect(rows.map((r) => [r.cells[0], r.cells[3], r.cells.at(-1)])).toEqual([
      ['secret/default', 'false', 'cluster.local'],
      ['secret/ROOTCA', 'false', 'east'],
      ['secret/ROOTCA', 'false', 'west'],
    ]);
  });

  it('that are no certificates are not valid', () => {
    const broken = { name: 'default', secret: { tls_certificate: { certificate_chain: pem('junk') } } };
    const rows = secretsTable(secretsOfConfigDump(dump(broken)), { read, now: day(2) }).rows;
    expect(rows[1]?.cells).toEqual(['default', '', 'ACTIVE', 'false', '', '', '']);
  });

  it('that are only asked for have a name and a kind', () => {
    expect(secretNamesTable(['ROOTCA', 'default', 'kubernetes://x-cacert']).rows.map((r) => r.cells.join(' '))).toEqual(
      ['ROOTCA CA', 'default Cert Chain', 'kubernetes://x-cacert CA'],
    );
  });
});
