import type { JsonObject } from '../../../mesh/json.ts';
import { type Feature, istio, pick, type Slot } from '../feature.ts';
import {
  appV1,
  ask,
  destinationRule,
  inTurn,
  ownCluster,
  ownEndpoint,
  type Recipe,
  routePatch,
  serviceEntry,
  to,
  virtualService,
} from '../parts.ts';

/*
 * Requests come one after the other, each while those before it still run: the fault filter holds them back by steps
 * that no busy machine turns round, and the apps take longer than all the steps together.
 */
const step = 140;

const staggered = (slot: Slot): JsonObject => ({
  typed_per_filter_config: {
    'envoy.filters.http.fault': {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault',
      delay: { header_delay: {}, percentage: { numerator: 100 } },
    },
  },
  name: slot.name,
});

const group = (slot: Slot, deeds: readonly string[], more: object = {}) =>
  deeds.map((deed, i) =>
    ask(slot, {
      ...more,
      headers: [
        ['x-do', deed],
        ['x-envoy-fault-delay-request', `${1 + i * step}`],
      ],
    }),
  );

const slow = 'delay=800 200';
const slows = (n: number): string[] => Array.from({ length: n }, () => slow);

const pool = (random: { next(): number }): JsonObject => ({
  ...pick(random, [
    { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } },
    { tcp: { maxConnections: 2 }, http: { http1MaxPendingRequests: 1 } },
    { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 2 } },
    { tcp: { maxConnections: 1 }, http: { http2MaxRequests: 1 } },
    { http: { http2MaxRequests: 2 } },
    { http: { http1MaxPendingRequests: 1 } },
    { http: { maxRequestsPerConnection: 1 } },
    { tcp: { maxConnections: 100 }, http: { http2MaxRequests: 100, maxRetries: 0 } },
  ] as JsonObject[]),
});

/** Who is first gets a connection, who is next may wait, the others are refused. */
const ofRule: Recipe = (slot, random) => {
  const connectionPool = pool(random);
  return {
    name: JSON.stringify(connectionPool),
    objects: [
      serviceEntry(slot, [{ address: slot.ips[0] ?? '' }]),
      virtualService(slot, [{ route: [to(slot.host)], retries: { attempts: 0 } }]),
      destinationRule(slot, { connectionPool }),
      routePatch(slot, staggered(slot)),
    ],
    endpoints: 1,
    requests: [group(slot, slows(4)), ask(slot), ask(slot)],
  };
};

/** HTTP/2 to a sidecar: requests are what is limited, not connections. */
const overHttp2: Recipe = (slot, random) => {
  const http = pick(random, [
    { http2MaxRequests: 1, h2UpgradePolicy: 'UPGRADE' },
    { http2MaxRequests: 2, h2UpgradePolicy: 'UPGRADE' },
    { maxConcurrentStreams: 1, h2UpgradePolicy: 'UPGRADE' },
    { http1MaxPendingRequests: 1, h2UpgradePolicy: 'UPGRADE' },
  ] as JsonObject[]);
  const trafficPolicy = { connectionPool: { http, ...pick(random, [{}, { tcp: { maxConnections: 1 } }]) } };
  const rule = { host: appV1, subsets: [{ name: slot.name, labels: { app: 'app' }, trafficPolicy }] };
  return {
    name: `HTTP/2: ${JSON.stringify(trafficPolicy)}`,
    objects: [
      virtualService(slot, [{ route: [to(appV1, { subset: slot.name })], retries: { attempts: 0 } }]),
      istio('DestinationRule', slot.name, rule),
      routePatch(slot, staggered(slot)),
    ],
    requests: [group(slot, slows(3)), ask(slot)],
  };
};

/** Retries under way at the same time. */
const retries: Recipe = (slot, random) => {
  const threshold = pick(random, [
    { max_retries: 1 },
    { max_retries: 2 },
    { max_retries: 0 },
    { retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 1 } },
    { retry_budget: { budget_percent: { value: 100 }, min_retry_concurrency: 0 } },
    { retry_budget: { budget_percent: { value: 50 } } },
  ] as JsonObject[]);
  const cluster = {
    circuit_breakers: { thresholds: [threshold] },
    load_assignment: { cluster_name: `own-${slot.name}`, endpoints: [{ lb_endpoints: [ownEndpoint(slot, 0)] }] },
  };
  return {
    name: JSON.stringify(threshold),
    objects: [
      virtualService(slot, [{ retries: { attempts: 1, retryOn: '5xx' } }]),
      ownCluster(slot, cluster),
      routePatch(slot, staggered(slot)),
    ],
    endpoints: 1,
    requests: [group(slot, ['delay=600 503', 'delay=600 503', 'delay=600 503,200']), ask(slot)],
  };
};

/** Each priority has limits of its own. */
const byPriority: Recipe = (slot, random) => {
  const limits = pick(random, [
    [{ max_requests: 1 }, { priority: 'HIGH', max_requests: 2 }],
    [{ priority: 'HIGH', max_connections: 1, max_pending_requests: 1 }],
    [{ max_connections: 1, max_pending_requests: 0 }],
    [{ max_requests: 0 }],
    [{ max_pending_requests: 0 }],
  ] as JsonObject[][]);
  const priority = pick(random, ['DEFAULT', 'HIGH']);
  const cluster = {
    circuit_breakers: { thresholds: limits },
    load_assignment: { cluster_name: `own-${slot.name}`, endpoints: [{ lb_endpoints: [ownEndpoint(slot, 0)] }] },
  };
  return {
    name: `${priority} of ${JSON.stringify(limits)}`,
    objects: [
      virtualService(slot, [{ retries: { attempts: 0 } }]),
      ownCluster(slot, cluster),
      routePatch(slot, { ...staggered(slot), route: { priority } }),
    ],
    endpoints: 1,
    requests: [group(slot, slows(4)), ask(slot)],
  };
};

export const circuitBreakers: Feature = {
  id: 'circuit-breakers',
  title: 'circuit breakers: connections, pending, requests, retries, budgets, priorities',
  cases: inTurn([ofRule, byPriority, ofRule, retries, overHttp2]),
};
