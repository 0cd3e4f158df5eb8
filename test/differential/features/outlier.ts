import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { chance, type Feature, type HttpRequest, istio, pick, type Slot } from '../feature.ts';
import { ask, destinationRule, inTurn, type Recipe, serviceEntry, to, virtualService } from '../parts.ts';

/*
 * Ejections are decided by Envoy's main thread and reach the worker a moment later, so each request waits a little.
 * A consistent hash sends each key to one host, and, while that is ejected, to another; both sides have the same ring,
 * so it shows at every request who is ejected. Nothing comes back while a case runs, unless its base time is short.
 */
const forEver = '100s';
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const keyed = (slot: Slot, key: string, deed = ''): HttpRequest =>
  ask(slot, {
    wait: 50,
    headers: [
      ['x-key', key],
      ['x-do', deed],
    ],
  });

/** The slot's service with its ring, and updates of health merged within `window`: `0s` tells the worker of each at once. */
const objectsOf = (
  slot: Slot,
  n: number,
  { rule, route = {}, window = '0s' }: { rule: JsonObject; route?: JsonObject; window?: string },
): JsonObject[] => [
  serviceEntry(
    slot,
    range(n).map((i) => ({ address: slot.ips[i] ?? '' })),
  ),
  virtualService(slot, [{ route: [to(slot.host)], retries: { attempts: 0 }, ...route }]),
  destinationRule(slot, { loadBalancer: { consistentHash: { httpHeaderName: 'x-key' } }, outlierDetection: rule }),
  istio('EnvoyFilter', slot.name, {
    configPatches: [
      {
        applyTo: 'CLUSTER',
        match: { context: 'SIDECAR_OUTBOUND', cluster: { service: slot.host } },
        patch: { operation: 'MERGE', value: { common_lb_config: { update_merge_window: window } } },
      },
    ],
  }),
];

const thresholds = (random: Random): JsonObject =>
  pick(random, [
    { consecutive5xxErrors: 2 },
    { consecutive5xxErrors: 3 },
    { consecutiveGatewayErrors: 2 },
    { consecutiveGatewayErrors: 2, consecutive5xxErrors: 3 },
    { consecutive5xxErrors: 0, consecutiveGatewayErrors: 3 },
    { consecutive5xxErrors: 1 },
    { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2 },
    { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2, consecutive5xxErrors: 2 },
    {},
  ] as JsonObject[]);

const deeds = ['500', '503', '502', '200', 'reset', '404', '504', '503', '200 grpc-status:14'];

/** Any answers, any thresholds: who is out after each of them. */
const any: Recipe = (slot, random) => {
  const n = pick(random, [2, 3, 4]);
  const rule = {
    interval: '60s',
    baseEjectionTime: forEver,
    maxEjectionPercent: pick(random, [100, 100, 50, 34]),
    ...thresholds(random),
  };
  const keys = ['a', 'b', 'c'];
  const requests = range(10).map(() => {
    const bad = chance(random, 0.75);
    return keyed(slot, pick(random, keys), bad ? pick(random, deeds) : '');
  });
  return {
    name: `${n} hosts, ${JSON.stringify(rule)}`,
    objects: objectsOf(slot, n, { rule }),
    endpoints: n,
    requests,
  };
};

/** One kind of failure up to the threshold and beyond, a success in between or not. */
const inARow: Recipe = (slot, random) => {
  const bad = pick(random, ['500', '503', 'reset']);
  const rule = { interval: '60s', baseEjectionTime: forEver, maxEjectionPercent: 100, ...thresholds(random) };
  const broken = chance(random, 0.4) ? ['200'] : [];
  return {
    name: `${bad} in a row, ${JSON.stringify(rule)}`,
    objects: objectsOf(slot, 2, { rule }),
    endpoints: 2,
    requests: [bad, bad, ...broken, bad, bad, bad, '200', bad, bad, bad, bad, bad, '200'].map((deed) =>
      keyed(slot, 'k', deed),
    ),
  };
};

/** How many may be out at once; with all out, nobody is left or panic sets in. */
const share: Recipe = (slot, random) => {
  const n = pick(random, [1, 2, 3, 5]);
  const rule = {
    interval: '60s',
    baseEjectionTime: forEver,
    consecutive5xxErrors: 1,
    ...pick(random, [{}, { maxEjectionPercent: 100 }, { maxEjectionPercent: 40 }, { maxEjectionPercent: 10 }]),
    ...pick(random, [{}, { minHealthPercent: 50 }, { minHealthPercent: 90 }]),
  };
  return {
    name: `${n} hosts, ${JSON.stringify(rule)}`,
    objects: objectsOf(slot, n, { rule }),
    endpoints: n,
    requests: range(8).map((i) => keyed(slot, `key ${i}`, i < 6 ? '503' : '')),
  };
};

/** Out for a short time, and back. */
const back: Recipe = (slot, random) => {
  const rule = {
    interval: '0.050s',
    baseEjectionTime: '0.050s',
    maxEjectionPercent: 100,
    consecutive5xxErrors: pick(random, [1, 2]),
  };
  const fail = range(rule.consecutive5xxErrors).map(() => keyed(slot, 'k', '503'));
  return {
    name: `back after ${rule.baseEjectionTime}`,
    objects: objectsOf(slot, 2, { rule }),
    endpoints: 2,
    requests: [...fail, { ...keyed(slot, 'k'), wait: 290 }, ...fail, { ...keyed(slot, 'k'), wait: 290 }],
  };
};

/** The second who fails within a second is out a second later (commonLbConfig.updateMergeWindow). */
const merged: Recipe = (slot, random) => {
  const rule = { interval: '60s', baseEjectionTime: forEver, maxEjectionPercent: 100, consecutive5xxErrors: 1 };
  const n = pick(random, [2, 3]);
  return {
    name: `${n} hosts fail within a second`,
    objects: objectsOf(slot, n, { rule, window: '1s' }),
    endpoints: n,
    requests: ['503', '503', '503', ''].map((deed, i) => ({ ...keyed(slot, 'k', deed), wait: i === 3 ? 1600 : 50 })),
  };
};

/**
 * Timeouts and retries count, each attempt for its host. The threshold falls on the last attempt of a request: a retry
 * would come before the worker has heard that its host is out.
 */
const attempts: Recipe = (slot, random) => {
  const [n, route] = pick(random, [
    [1, { timeout: '0.060s' }],
    [2, { retries: { attempts: 1, perTryTimeout: '0.060s', retryOn: '5xx' } }],
    [3, { retries: { attempts: 2, retryOn: '503' } }],
  ] as [number, JsonObject][]);
  const kind = pick(random, ['consecutive5xxErrors', 'consecutiveGatewayErrors']);
  const rule = { interval: '60s', baseEjectionTime: forEver, maxEjectionPercent: 100, [kind]: n };
  const deed = n === 3 ? '503' : 'delay=400 200';
  return {
    name: `${deed} with ${JSON.stringify([route, rule])}`,
    objects: objectsOf(slot, 3, { rule, route }),
    endpoints: 3,
    requests: [keyed(slot, 'k', deed), keyed(slot, 'k', deed), keyed(slot, 'k')],
  };
};

export const outlier: Feature = {
  id: 'outlier',
  title: 'outlier detection: consecutive errors, local origin, share, time',
  cases: inTurn([any, inARow, share, any, attempts, any, back, merged]),
};
