import type { Random } from '../../../mesh/world/random.ts';
import { type Feature, pick } from '../feature.ts';
import { ask, destinationRule, inTurn, type Recipe, serviceEntry, to, virtualService } from '../parts.ts';

const deeds = (random: Random): string =>
  pick(random, [
    '200',
    '404',
    '500 body=no',
    '503',
    '200 body=yes',
    '201',
    'reset',
    '503 body=busy,200',
    '503,503,200 body=x',
  ]);

/** A cluster of the case, so that it is known whose numbers they are. */
const ownCluster: Recipe = (slot, random) => {
  const retries = { attempts: pick(random, [0, 1, 2]), retryOn: pick(random, ['5xx', 'gateway-error,reset', '503']) };
  return {
    name: `${retries.attempts} attempts on ${retries.retryOn}`,
    endpoints: 1,
    objects: [
      serviceEntry(slot, [{ address: slot.ips[0] ?? '' }]),
      virtualService(slot, [{ route: [to(slot.host)], retries }]),
    ],
    requests: [1, 2, 3].map(() =>
      ask(slot, { headers: [['x-do', deeds(random)]], method: pick(random, ['GET', 'HEAD', 'POST']) }),
    ),
  };
};

const nobody: Recipe = (slot) => ({
  name: 'no endpoints',
  objects: [serviceEntry(slot, []), virtualService(slot, [{ route: [to(slot.host)], timeout: '1s' }])],
  requests: [ask(slot), ask(slot)],
});

const timeouts: Recipe = (slot, random) => ({
  name: 'timeouts',
  endpoints: 1,
  objects: [
    serviceEntry(slot, [{ address: slot.ips[0] ?? '' }]),
    virtualService(slot, [
      {
        route: [to(slot.host)],
        ...pick(random, [
          { timeout: '0.05s', retries: { attempts: 0 } },
          { timeout: '5s', retries: { attempts: 1, perTryTimeout: '0.05s', retryOn: '5xx' } },
        ]),
      },
    ]),
  ],
  requests: [ask(slot, { headers: [['x-do', pick(random, ['delay=200 200', 'hang'])]] }), ask(slot)],
});

const limits: Recipe = (slot, random) => ({
  name: 'limits of connections',
  endpoints: 1,
  objects: [
    serviceEntry(slot, [{ address: slot.ips[0] ?? '' }]),
    virtualService(slot, [{ route: [to(slot.host)], retries: { attempts: 0 } }]),
    destinationRule(slot, {
      connectionPool: { http: { maxRequestsPerConnection: pick(random, [1, 2]) } },
      ...(random.next() < 0.5 ? { outlierDetection: { consecutive5xxErrors: 2, baseEjectionTime: '30s' } } : {}),
    }),
  ],
  requests: [1, 2, 3, 4].map(() => ask(slot, { headers: [['x-do', deeds(random)]] })),
});

/** Through two sidecars. */
const inMesh: Recipe = (slot, random) => ({
  name: 'in the mesh',
  objects: [virtualService(slot, [{ retries: { attempts: pick(random, [0, 1]), retryOn: '5xx' } }])],
  requests: [1, 2].map(() => ask(slot, { headers: [['x-do', deeds(random)]] })),
});

const answered: Recipe = (slot, random) => ({
  name: 'own answers',
  objects: [
    virtualService(slot, [
      pick(random, [
        { directResponse: { status: 418 } },
        { redirect: { uri: '/else' } },
        { fault: { abort: { httpStatus: 555, percentage: { value: 100 } } } },
        { fault: { delay: { fixedDelay: '0.01s', percentage: { value: 100 } } } },
        { route: [to('nobody.diff.svc.cluster.local')] },
        { match: [{ uri: { exact: '/never' } }] },
      ]),
    ]),
  ],
  requests: [ask(slot), ask(slot, { path: '/b' })],
});

export const stats: Feature = {
  id: 'stats',
  title: 'what Envoys count: clusters, connection managers, listeners, Istio’s metrics',
  stats: true,
  cases: inTurn([ownCluster, inMesh, ownCluster, answered, timeouts, ownCluster, limits, nobody]),
};
