import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { chance, type Feature, pick, type Slot } from '../feature.ts';
import { ask, inTurn, type Recipe, routePatch, virtualService } from '../parts.ts';

const grpc = ['content-type', 'application/grpc'] as const;
const grpcNames = ['OK', 'CANCELLED', 'UNAVAILABLE', 'PERMISSION_DENIED', 'INTERNAL', 'UNAUTHENTICATED'];
const always = { value: 100 };

const abortOf = (random: Random): JsonObject => ({
  httpStatus: pick(random, [200, 400, 404, 418, 429, 500, 503, 555]),
  percentage: { value: pick(random, [0, 100, 100]) },
});
const delayOf = (random: Random): JsonObject => ({
  fixedDelay: pick(random, ['0.010s', '0.030s', '0.060s']),
  percentage: { value: pick(random, [0, 100]) },
});

/** What the caller may add, to see that the filter looks at none of it (or, with a gRPC request, translates). */
const asked = (slot: Slot, random: Random) =>
  ask(slot, {
    method: pick(random, ['GET', 'POST', 'HEAD', 'DELETE']),
    headers: [
      ...(chance(random, 0.3) ? [grpc] : []),
      ...(chance(random, 0.2) ? ([['x-envoy-fault-abort-request', '418']] as const) : []),
    ],
  });

const abort: Recipe = (slot, random) => {
  const fault = { abort: abortOf(random) };
  return {
    name: `abort ${JSON.stringify(fault.abort)}`,
    objects: [virtualService(slot, [{ fault }])],
    requests: [asked(slot, random), asked(slot, random)],
  };
};

const grpcAbort: Recipe = (slot, random) => {
  const grpcStatus = pick(random, grpcNames);
  return {
    name: `abort with gRPC ${grpcStatus}`,
    objects: [virtualService(slot, [{ fault: { abort: { grpcStatus, percentage: always } } }])],
    requests: [ask(slot), ask(slot, { method: 'POST', headers: [grpc] })],
  };
};

const both: Recipe = (slot, random) => {
  const fault = { delay: delayOf(random), abort: abortOf(random) };
  return {
    name: `delay and abort ${JSON.stringify(fault)}`,
    objects: [virtualService(slot, [{ fault, timeout: pick(random, ['0s', '3s']) }])],
    requests: [asked(slot, random)],
  };
};

/** Two routes: the fault belongs to the one that matches. */
const byRoute: Recipe = (slot, random) => {
  const header = { 'x-user': { exact: 'jason' } };
  return {
    name: 'fault for one route only',
    objects: [
      virtualService(slot, [
        { match: [{ headers: header }], fault: { abort: abortOf(random) } },
        { match: [{ uri: { prefix: '/slow' } }], fault: { delay: { ...delayOf(random), percentage: always } } },
        {},
      ]),
    ],
    requests: [ask(slot, { headers: [['x-user', 'jason']] }), ask(slot, { path: '/slow' }), ask(slot)],
  };
};

const type = 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault';
const hundred = () => ({ numerator: 100 });

/** What the caller's headers ask for, within the percentage that is configured. */
const byHeader: Recipe = (slot, random) => {
  const numerator = pick(random, [0, 100]);
  const config = {
    '@type': type,
    abort: { headerAbort: {}, percentage: { numerator } },
    delay: { headerDelay: {}, percentage: hundred() },
  };
  const value = (name: string, values: string[]) => [[`x-envoy-fault-${name}`, pick(random, values)] as const];
  const some = (list: (readonly [string, string])[]) => (chance(random, 0.6) ? list : []);
  const headers = [
    ...some(value('abort-request', ['418', '503', '200', '199', '600', 'x', ''])),
    ...some(value('abort-grpc-request', ['0', '5', '14', '99', 'x'])),
    ...some(value('abort-request-percentage', ['0', '100', '200', 'x'])),
    ...some(value('delay-request', ['10', '0', '-1', 'x'])),
    ...some(value('delay-request-percentage', ['0', '100', 'x'])),
  ];
  return {
    name: `by header, ${numerator} % allowed: ${JSON.stringify(headers)}`,
    objects: [
      virtualService(slot, [{}]),
      routePatch(slot, { typed_per_filter_config: { 'envoy.filters.http.fault': config } }),
    ],
    requests: [ask(slot, { headers }), ask(slot, { headers: [...headers, grpc], method: 'POST' })],
  };
};

/** Other conditions of HTTPFault than Istio's own. */
const conditional: Recipe = (slot, random) => {
  const config = {
    '@type': type,
    abort: { http_status: 418, percentage: hundred() },
    ...pick(random, [
      { headers: [{ name: 'x-user', string_match: { exact: 'jason' } }] },
      {
        headers: [
          { name: 'x-user', present_match: true },
          { name: ':method', string_match: { exact: 'GET' } },
        ],
      },
      { upstream_cluster: 'outbound|80||app-v1.diff.svc.cluster.local' },
      { upstream_cluster: 'nobody' },
      { downstream_nodes: ['n1', 'n2'] },
      { max_active_faults: 0 },
    ] as JsonObject[]),
  };
  return {
    name: `under conditions ${JSON.stringify(config)}`,
    objects: [
      virtualService(slot, [{}]),
      routePatch(slot, { typed_per_filter_config: { 'envoy.filters.http.fault': config } }),
    ],
    requests: [
      ask(slot, { headers: [['x-user', pick(random, ['jason', 'tom'])]], method: pick(random, ['GET', 'PUT']) }),
      ask(slot, { headers: [['x-envoy-downstream-service-node', pick(random, ['n1', 'n3'])]] }),
    ],
  };
};

const fractional: Recipe = (slot, random) => {
  const [first, second] = [pick(random, [10, 30, 50, 80]), pick(random, [25, 50])];
  return {
    name: `abort ${first} %, delay ${second} %`,
    objects: [
      virtualService(slot, [
        {
          fault: {
            abort: { httpStatus: 418, percentage: { value: first } },
            delay: { fixedDelay: '0.001s', percentage: { value: second } },
          },
        },
      ]),
    ],
    requests: [ask(slot, { times: 250 })],
    spread: ({ status }) => String(status),
  };
};

export const fault: Feature = {
  id: 'fault',
  title: 'fault injection: abort, delay, gRPC, by header, fractions',
  cases: (random, count, slot) => [
    ...inTurn([abort, grpcAbort, both, byRoute, byHeader, conditional, abort, byHeader])(random, count - 4, slot),
    ...inTurn([fractional])(random, 4, (i) => slot(count - 4 + i)),
  ],
};
