import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { chance, type Feature, type HttpRequest, pick, type Slot } from '../feature.ts';
import {
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

const times = 100;
const byHost = { spread: ({ status, body }: { status?: number; body: string }) => `${status} ${body}` };
const hosts = (random: Random): number => pick(random, [2, 3, 4, 5]);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const endpointsOf = (slot: Slot, random: Random, n: number): JsonObject[] => {
  const weighted = chance(random, 0.5);
  return range(n).map((i) => ({
    address: slot.ips[i] ?? '',
    ...(weighted ? { weight: pick(random, [1, 2, 5, 10]) } : {}),
  }));
};

const toOwn = (slot: Slot): JsonObject => virtualService(slot, [{ route: [to(slot.host)] }]);

/** Istio's simple algorithms, with and without weights. */
const simple: Recipe = (slot, random) => {
  const n = hosts(random);
  const algorithm = pick(random, ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'UNSPECIFIED']);
  const endpoints = endpointsOf(slot, random, n);
  return {
    name: `${algorithm} over ${JSON.stringify(endpoints)}`,
    objects: [
      serviceEntry(slot, endpoints),
      toOwn(slot),
      destinationRule(slot, { loadBalancer: { simple: algorithm } }),
    ],
    endpoints: n,
    requests: [{ ...ask(slot), times }],
    ...byHost,
  };
};

const hashes: readonly { policy: JsonObject; ask(value: string): Partial<HttpRequest> }[] = [
  { policy: { httpHeaderName: 'x-key' }, ask: (value) => ({ headers: [['x-key', value]] }) },
  { policy: { httpQueryParameterName: 'key' }, ask: (value) => ({ path: `/?a=b&key=${value}&c` }) },
  {
    policy: { httpCookie: { name: 'key', ttl: '0s' } },
    ask: (value) => ({ headers: [['cookie', `a=b; key=${value}`]] }),
  },
  {
    policy: { httpCookie: { name: 'key', ttl: '60s', path: '/p' } },
    ask: (value) => ({ headers: [['cookie', `key="${value}"`]] }),
  },
  { policy: { useSourceIp: true }, ask: (value) => ({ path: `/${value}` }) },
];

const tables = (random: Random): JsonObject =>
  pick(random, [
    { ringHash: { minimumRingSize: pick(random, [1, 16, 1024]) } },
    { maglev: { tableSize: pick(random, [17, 1009, 65537]) } },
    {},
  ]);

/** The same key goes to the same host on both sides, whatever the weights. */
const consistent: Recipe = (slot, random) => {
  const n = hosts(random);
  const hash = pick(random, hashes);
  const consistentHash = { ...hash.policy, ...tables(random) };
  const endpoints = endpointsOf(slot, random, n);
  const key = () => `${Math.floor(random.next() * 1e6)}`;
  return {
    name: `${JSON.stringify(consistentHash)} over ${JSON.stringify(endpoints)}`,
    objects: [serviceEntry(slot, endpoints), toOwn(slot), destinationRule(slot, { loadBalancer: { consistentHash } })],
    endpoints: n,
    requests: range(12).map(() => ask(slot, hash.ask(key()))),
  };
};

/** Several hash policies, combined, and one that ends the list. */
const combined: Recipe = (slot, random) => {
  const n = hosts(random);
  const terminal = chance(random, 0.5);
  const policies = [
    { header: { header_name: 'x-a' }, terminal },
    { header: { header_name: 'x-b' } },
    { query_parameter: { name: 'q' } },
    { connection_properties: { source_ip: true } },
  ].slice(0, pick(random, [2, 3, 4]));
  const asked = () =>
    ask(slot, {
      path: chance(random, 0.5) ? `/?q=${Math.floor(random.next() * 99)}` : '/',
      headers: (['x-a', 'x-b'] as const).flatMap((name) =>
        chance(random, 0.5) ? [[name, `${Math.floor(random.next() * 999)}`] as const] : [],
      ),
    });
  return {
    name: `hash of ${policies.length} parts${terminal ? ', the first ends it' : ''}`,
    objects: [
      serviceEntry(slot, endpointsOf(slot, random, n)),
      toOwn(slot),
      destinationRule(slot, { loadBalancer: { consistentHash: { useSourceIp: true, ...tables(random) } } }),
      routePatch(slot, { route: { hash_policy: policies } }),
    ],
    endpoints: n,
    // Who has nothing to hash by goes anywhere, so each has something: its address comes last.
    requests: range(10).map(asked),
  };
};

const healthOf = (random: Random): JsonObject =>
  pick(random, [{}, {}, { health_status: 'UNHEALTHY' }, { health_status: 'DEGRADED' }, { health_status: 'DRAINING' }]);

/** Priorities, localities, weights and health as a control plane may say them; panic and overprovisioning. */
const priorities: Recipe = (slot, random) => {
  const localityWeighted = chance(random, 0.4);
  const groups = range(pick(random, [1, 2, 3])).flatMap((priority) =>
    range(localityWeighted ? 2 : 1).map((zone) => ({ priority, zone })),
  );
  let next = 0;
  const endpoints = groups.map(({ priority, zone }) => ({
    priority,
    locality: { region: 'r', zone: `z${zone}` },
    ...(localityWeighted ? { load_balancing_weight: pick(random, [1, 2, 6]) } : {}),
    lb_endpoints: range(pick(random, [1, 2]))
      .filter(() => next < 8)
      .map(() => ownEndpoint(slot, next++, healthOf(random))),
  }));
  const panic = pick(random, [0, 0, 30, 50, 100]);
  const cluster = {
    lb_policy: pick(random, ['ROUND_ROBIN', 'RANDOM', 'LEAST_REQUEST']),
    common_lb_config: {
      healthy_panic_threshold: { value: panic },
      ...(localityWeighted ? { locality_weighted_lb_config: {} } : {}),
    },
    load_assignment: {
      cluster_name: `own-${slot.name}`,
      endpoints,
      ...(chance(random, 0.4) ? { policy: { overprovisioning_factor: pick(random, [100, 200]) } } : {}),
    },
  };
  return {
    name: `priorities ${JSON.stringify(cluster)}`,
    objects: [virtualService(slot, [{ retries: { attempts: 0 } }]), ownCluster(slot, cluster)],
    endpoints: 8,
    requests: [{ ...ask(slot), times }],
    ...byHost,
  };
};

/** Where the caller stands decides: failover, and shares by locality. */
const localities: Recipe = (slot, random) => {
  const places = ['r1/z1/s1', 'r1/z1/s2', 'r1/z2/s1', 'r2/z1/s1'];
  const setting = pick(random, [
    { enabled: true },
    { failover: [{ from: 'r1', to: 'r2' }] },
    { distribute: [{ from: 'r1/z1/*', to: { 'r1/z1/*': 70, 'r2/z1/*': 30 } }] },
    { distribute: [{ from: 'r1/*', to: { 'r1/z2/*': 50, 'r1/z1/s1': 50 } }] },
    { failoverPriority: ['topology.istio.io/subzone'] },
    { enabled: false },
  ] as JsonObject[]);
  const used = places.filter(() => chance(random, 0.7));
  const endpoints = (used.length > 0 ? used : places).map((locality, i) => ({ address: slot.ips[i] ?? '', locality }));
  const outlierDetection = chance(random, 0.7) ? { outlierDetection: { consecutive5xxErrors: 100 } } : {};
  return {
    name: `${JSON.stringify(setting)} over ${endpoints.map((e) => e.locality)}`,
    objects: [
      serviceEntry(slot, endpoints),
      toOwn(slot),
      destinationRule(slot, { loadBalancer: { localityLbSetting: setting }, ...outlierDetection }),
    ],
    endpoints: endpoints.length,
    requests: [{ ...ask(slot), from: 'near', times }],
    ...byHost,
  };
};

const labels = { app: 'near', version: 'v1', 'istio-locality': 'r1.z1.s1' };

export const loadBalancing: Feature = {
  id: 'load-balancing',
  title: 'load balancing: simple, consistent hashing, priorities, localities, panic',
  pods: [{ name: 'near', namespace: 'diff', ip: '10.244.0.4', serviceAccount: 'near', app: false, labels }],
  cases: inTurn([consistent, simple, consistent, priorities, combined, localities, priorities]),
};
