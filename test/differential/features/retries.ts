import type { Random } from '../../../mesh/world/random.ts';
import { chance, type Feature, pick } from '../feature.ts';
import { ask, inTurn, type Recipe, routePatch, some, virtualService } from '../parts.ts';

const conditions = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'refused-stream',
  'retriable-4xx',
  'retriable-status-codes',
  'envoy-ratelimited',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];
/** What an app does with one attempt. */
const deeds = [
  '200',
  '404',
  '409',
  '429',
  '500',
  '501',
  '502',
  '503',
  '504',
  '505',
  'reset',
  '503 x-envoy-overloaded:true',
  '503 x-envoy-ratelimited:true',
  '429 x-envoy-ratelimited:true',
  '200 grpc-status:1',
  '200 grpc-status:4',
  '200 grpc-status:8',
  '200 grpc-status:13',
  '200 grpc-status:14',
  '200 grpc-status:7',
  '500 x-again:yes',
  '200 x-again:no',
];

const steps = (random: Random, most = 4): string =>
  Array.from({ length: 1 + Math.floor(random.next() * most) }, () => pick(random, deeds)).join(',');
const retryOn = (random: Random): string => {
  const found = [...some(random, conditions, 0.25), ...some(random, ['418', '404', '500'], 0.2)];
  return found.length === 0 ? pick(random, conditions) : found.join(',');
};
const failing = (random: Random): string => pick(random, ['503', '500', 'reset', '502', '429', '409']);

/** Any conditions against any behaviour. */
const any: Recipe = (slot, random) => {
  const retries = { attempts: pick(random, [0, 1, 2, 3]), retryOn: retryOn(random) };
  const grpc = chance(random, 0.3) ? ([['content-type', 'application/grpc']] as const) : [];
  const requests = [1, 2, 3].map(() =>
    ask(slot, { method: pick(random, ['GET', 'POST']), headers: [['x-do', steps(random)], ...grpc] }),
  );
  return {
    name: `${retries.attempts} on ${retries.retryOn}`,
    objects: [virtualService(slot, [{ retries }])],
    requests,
  };
};

/** Istio's own defaults: no `retries` at all. */
const byDefault: Recipe = (slot, random) => ({
  name: 'the default policy',
  objects: [virtualService(slot, [{}])],
  requests: [ask(slot, { headers: [['x-do', steps(random)]] }), ask(slot, { headers: [['x-do', failing(random)]] })],
});

/** A condition that holds every time: the count of attempts and what is left in the end. */
const usedUp: Recipe = (slot, random) => {
  const attempts = pick(random, [0, 1, 2, 4]);
  return {
    name: `${attempts} attempts, all fail`,
    objects: [virtualService(slot, [{ retries: { attempts, retryOn: '5xx,reset,retriable-4xx,429' } }])],
    requests: [ask(slot, { headers: [['x-do', failing(random)]] })],
  };
};

const perTry: Recipe = (slot, random) => {
  const retries = {
    attempts: pick(random, [1, 2]),
    perTryTimeout: '0.080s',
    retryOn: pick(random, ['5xx', 'gateway-error', 'reset', 'connect-failure', '503', 'reset-before-request']),
  };
  const timeout = pick(random, ['0.050s', '2s', '0s', '0.080s']);
  return {
    name: `per try 80 ms of ${timeout}, ${retries.attempts} on ${retries.retryOn}`,
    objects: [virtualService(slot, [{ retries, timeout }])],
    requests: [
      ask(slot, {
        headers: [['x-do', pick(random, ['delay=400 200', 'hang', 'delay=400 200,200'])]],
      }),
    ],
  };
};

/** The caller's own headers: only internal requests may ask for retries, and a sidecar has none. */
const askedFor: Recipe = (slot, random) => ({
  name: 'x-envoy-retry-on of the caller',
  objects: [
    virtualService(slot, [{ retries: { attempts: pick(random, [0, 1]), retryOn: pick(random, ['5xx', '404']) } }]),
  ],
  requests: [
    ask(slot, {
      headers: [
        ['x-do', failing(random)],
        ['x-envoy-retry-on', '5xx'],
        ['x-envoy-max-retries', '3'],
        ['x-envoy-retriable-status-codes', '429'],
      ],
    }),
  ],
});

/** Fields of Envoy's policy that Istio does not write. */
const ofEnvoy: Recipe = (slot, random) => {
  const policy = {
    retry_on: pick(random, ['retriable-headers', '5xx', 'retriable-headers,5xx']),
    num_retries: 2,
    ...pick(random, [
      { retriable_headers: [{ name: 'x-again', string_match: { exact: 'yes' } }] },
      { retriable_headers: [{ name: 'x-again', present_match: true }] },
      { retriable_request_headers: [{ name: 'x-may', present_match: true }] },
      { retry_back_off: { base_interval: '0.001s', max_interval: '0.002s' } },
    ]),
  };
  const may = () => (chance(random, 0.5) ? ([['x-may', '1']] as const) : []);
  return {
    name: JSON.stringify(policy),
    objects: [
      virtualService(slot, [{ retries: { attempts: 0 } }]),
      routePatch(slot, { route: { retry_policy: policy } }),
    ],
    requests: [
      ask(slot, { headers: [['x-do', pick(random, ['500 x-again:yes', '200 x-again:no', '500'])], ...may()] }),
      ask(slot, { headers: [['x-do', '503,200'], ...may()] }),
    ],
  };
};

export const retries: Feature = {
  id: 'retries',
  title: 'retries: conditions, codes, headers, attempts, per-try timeout',
  cases: inTurn([any, usedUp, any, byDefault, any, perTry, any, askedFor, any, ofEnvoy]),
};
