import { describe, expect, it } from 'vitest';
import { filterContext, shown } from '../../../../test/support/filter-input.ts';
import type { JsonObject } from '../../../json.ts';
import type { DestinationRule } from '../../model/destination-rule.ts';
import { plainTcpProxy, protocolFilters, tcpProxy } from './network-filters.ts';

const target = { cluster: 'outbound|9000||a' };
const proxied = (rule: DestinationRule | undefined, subset = ''): JsonObject | undefined =>
  shown([tcpProxy(filterContext(), { statPrefix: 's', target, ...(rule ? { rule } : {}), subset })])[0]?.[
    'envoy.filters.network.tcp_proxy'
  ] as JsonObject | undefined;

const tunnel = { targetHost: 't.example', targetPort: 443 };
const bySource = { loadBalancer: { consistentHash: { useSourceIp: true } } };
const subsets = (trafficPolicy?: object) => [{ name: 'v1', ...(trafficPolicy ? { trafficPolicy } : {}) }];

/** istio pilot/pkg/networking/core/networkfilter.go; golden cases destination-rule/{hash,pool,tunnel} and virtual-service/tcp. */
describe('tcp_proxy', () => {
  it.each<[string, DestinationRule | undefined, string, JsonObject]>([
    ['without rule', undefined, '', {}],
    ['with a rule that says nothing', { host: 'a' }, '', {}],
    [
      'with limits of connections',
      { trafficPolicy: { connectionPool: { tcp: { idleTimeout: 5e9, maxConnectionDuration: 60e9 } } } },
      '',
      { idleTimeout: '5s', maxDownstreamConnectionDuration: '60s' },
    ],
    ['by source address', { trafficPolicy: bySource }, '', { hashPolicy: [{ sourceIp: {} }] }],
    [
      'of a subset without policy, by source address',
      { trafficPolicy: bySource, subsets: subsets() },
      'v1',
      {
        hashPolicy: [{ sourceIp: {} }],
      },
    ],
    [
      'of a subset with a balancer of its own',
      { trafficPolicy: bySource, subsets: subsets({ loadBalancer: { simple: 'RANDOM' } }) },
      'v1',
      {},
    ],
    [
      'by header, which connections have not',
      { trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: 'x' } } } },
      '',
      {},
    ],
    ['through CONNECT', { trafficPolicy: { tunnel } }, '', { tunnelingConfig: { hostname: 't.example:443' } }],
    [
      'through POST',
      { trafficPolicy: { tunnel: { ...tunnel, protocol: 'POST' } } },
      '',
      {
        tunnelingConfig: { hostname: 't.example:443', usePost: true },
      },
    ],
    [
      'through an IPv6 address',
      { trafficPolicy: { tunnel: { ...tunnel, targetHost: '2001:db8::1' } } },
      '',
      {
        tunnelingConfig: { hostname: '[2001:db8::1]:443' },
      },
    ],
    ['of a subset without the tunnel of the rule', { trafficPolicy: { tunnel }, subsets: subsets() }, 'v1', {}],
  ])('%s', (_name, rule, subset, want) => {
    expect(proxied(rule, subset)).toEqual({ ...target, statPrefix: 's', ...want });
  });

  it('to several clusters', () => {
    const weightedClusters = { clusters: [{ name: 'a', weight: 1 }] };
    const filter = tcpProxy(filterContext(), { statPrefix: 's', target: { weightedClusters } });
    expect(shown([filter])).toEqual([{ 'envoy.filters.network.tcp_proxy': { statPrefix: 's', weightedClusters } }]);
  });

  it('to nothing and past the mesh', () => {
    expect(
      shown([plainTcpProxy('BlackHoleCluster'), plainTcpProxy('PassthroughCluster', { idleTimeout: '1s' })]),
    ).toEqual([
      { 'envoy.filters.network.tcp_proxy': { cluster: 'BlackHoleCluster', statPrefix: 'BlackHoleCluster' } },
      {
        'envoy.filters.network.tcp_proxy': {
          cluster: 'PassthroughCluster',
          statPrefix: 'PassthroughCluster',
          idleTimeout: '1s',
        },
      },
    ]);
  });
});

it.each(['TCP', 'Redis', 'MySQL', 'TLS'] as const)('%s has no filter of its own', (protocol) => {
  expect(protocolFilters(protocol, 's')).toEqual([]);
});
it('Mongo is watched', () => {
  expect(shown(protocolFilters('Mongo', 's'))).toEqual([{ 'envoy.filters.network.mongo_proxy': { statPrefix: 's' } }]);
});
