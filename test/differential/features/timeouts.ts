import type { Random } from '../../../mesh/world/random.ts';
import { chance, type Feature, pick, type Slot } from '../feature.ts';
import { ask, inTurn, type Recipe, routePatch, serviceEntry, to, virtualService } from '../parts.ts';

/** Far from the limits below, so that a busy machine decides nothing. */
const ownService = (slot: Slot) => serviceEntry(slot, [{ address: slot.ips[0] ?? '' }]);
const quick = '200';
const slow = 'delay=600 200';
const limit = '0.120s';
const deed = (random: Random): string => pick(random, [quick, slow, 'hang', '503', 'reset', slow]);

/** Headers with which a caller may try to change the timeout. */
const asks = (random: Random) =>
  chance(random, 0.4)
    ? ([
        ['x-envoy-upstream-rq-timeout-ms', pick(random, ['10', '5000', 'x'])],
        ['x-envoy-upstream-rq-per-try-timeout-ms', '10'],
        ['x-envoy-expected-rq-timeout-ms', '77'],
      ] as const)
    : [];

const ofRoute: Recipe = (slot, random) => {
  const timeout = pick(random, [limit, limit, '0s', '3s']);
  const what = timeout === limit ? deed(random) : pick(random, [quick, '503']);
  return {
    name: `timeout ${timeout}: ${what}`,
    objects: [virtualService(slot, [{ timeout, retries: { attempts: pick(random, [0, 1]), retryOn: '503' } }])],
    requests: [ask(slot, { headers: [['x-do', what], ...asks(random)] })],
  };
};

const twoRoutes: Recipe = (slot, random) => ({
  name: 'one route with and one without a timeout',
  objects: [
    virtualService(slot, [{ match: [{ uri: { prefix: '/t' } }], timeout: limit, retries: { attempts: 0 } }, {}]),
  ],
  requests: [
    ask(slot, { path: '/t/x', headers: [['x-do', deed(random)]] }),
    ask(slot, { path: '/u', headers: [['x-do', 'delay=200 200']] }),
  ],
});

/** The whole timeout against that of each attempt. */
const perTry: Recipe = (slot, random) => {
  const retries = { attempts: pick(random, [1, 2]), perTryTimeout: pick(random, [limit, '0.300s']), retryOn: '5xx' };
  const timeout = pick(random, ['0.200s', '1.5s']);
  return {
    name: `${timeout} for all, ${retries.perTryTimeout} each`,
    objects: [virtualService(slot, [{ timeout, retries }])],
    requests: [ask(slot, { headers: [['x-do', pick(random, ['hang', `${slow},200`, '503,503,200'])]] })],
  };
};

const ofEnvoy: Recipe = (slot, random) => {
  const route = pick(random, [
    { idle_timeout: limit, timeout: '0s' },
    { idle_timeout: limit, timeout: '3s' },
    { idle_timeout: '0s', timeout: limit },
    { max_stream_duration: { max_stream_duration: limit } },
    { max_stream_duration: { max_stream_duration: '3s' }, timeout: limit },
    { max_stream_duration: { max_stream_duration: '3s', grpc_timeout_header_max: limit } },
    {
      max_stream_duration: {
        max_stream_duration: '3s',
        grpc_timeout_header_max: '3s',
        grpc_timeout_header_offset: '0.050s',
      },
    },
    { retry_policy: { retry_on: 'reset,5xx', num_retries: 1, per_try_idle_timeout: limit }, timeout: '3s' },
    { max_grpc_timeout: limit, timeout: '3s' },
    { max_grpc_timeout: '0s', timeout: '3s' },
    { max_grpc_timeout: '3s', grpc_timeout_offset: '0.050s' },
  ]);
  const grpc = [
    ['content-type', 'application/grpc'],
    ['grpc-timeout', pick(random, ['150m', '2S', 'x'])],
  ] as const;
  return {
    name: JSON.stringify(route),
    // Without a sidecar there: grpc-timeout would make it give up at the same moment.
    objects: [
      ownService(slot),
      virtualService(slot, [{ route: [to(slot.host)], retries: { attempts: 0 } }]),
      routePatch(slot, { route }),
    ],
    endpoints: 1,
    requests: [
      ask(slot, { to: `${slot.vip}:80`, headers: [['x-do', pick(random, [slow, quick])]] }),
      ask(slot, { to: `${slot.vip}:80`, method: 'POST', headers: [['x-do', slow], ...grpc] }),
    ],
  };
};

/** The caller gives up before anyone else does: DC. */
const callerLeaves: Recipe = (slot) => ({
  name: 'the caller leaves',
  objects: [virtualService(slot, [{ timeout: '3s', retries: { attempts: 2, retryOn: '5xx' } }])],
  requests: [ask(slot, { timeout: 120, headers: [['x-do', 'hang']] })],
});

export const timeouts: Feature = {
  id: 'timeouts',
  title: 'timeouts: of the route, per try, idle, stream duration, gRPC, of the caller',
  cases: inTurn([ofRoute, ofEnvoy, perTry, ofRoute, twoRoutes, ofEnvoy, ofRoute, ofEnvoy, callerLeaves, ofEnvoy]),
};
