import type { JsonObject } from '../../../mesh/json.ts';
import { chance, type Feature, istio, pick, type Slot, type TcpRequest } from '../feature.ts';
import { inTurn, type Recipe, serviceEntry, to } from '../parts.ts';

const say = (to: string, send = 'hello'): TcpRequest => ({ kind: 'tcp', to, send });
const port = (number: number) => ({ port: { number } });
/** Long enough for every inspector to see that they are no TLS. */
const words = ['hello', 'x'.repeat(5000), 'GET / HTTP/1.1\r\nhost: x\r\n\r\n', 'two\nlines'];

const endpoints = (slot: Slot, n: number): JsonObject[] =>
  Array.from({ length: n }, (_, i) => ({ address: slot.ips[i] ?? '' }));

/** By the address of a ServiceEntry, whatever is said. */
const direct: Recipe = (slot, random) => ({
  name: 'a service of its own',
  objects: [serviceEntry(slot, endpoints(slot, 1), 'TCP')],
  endpoints: 1,
  requests: [say(`${slot.vip}:80`, pick(random, words)), say(`${slot.vip}:80`, pick(random, words))],
});

/** A route of a VirtualService sends it elsewhere: by port, by the address asked for, by who asks. */
const routed: Recipe = (slot, random) => {
  const match = pick(random, [
    { port: 80 },
    { port: 81 },
    { destinationSubnets: [`${slot.vip}/32`] },
    { destinationSubnets: ['10.99.0.0/16'] },
    { sourceLabels: { app: 'client' } },
    { sourceLabels: { app: 'nobody' } },
    { sourceNamespace: 'diff' },
  ] as JsonObject[]);
  const elsewhere = to(pick(random, ['app-v1.diff.svc.cluster.local', 'app-v2.diff.svc.cluster.local']), port(9000));
  return {
    name: `tcp route by ${JSON.stringify(match)}`,
    objects: [
      serviceEntry(slot, endpoints(slot, 1), 'TCP'),
      istio('VirtualService', slot.name, { hosts: [slot.host], tcp: [{ match: [match], route: [elsewhere] }] }),
    ],
    endpoints: 1,
    requests: [say(`${slot.vip}:80`, pick(random, words)), say(`${slot.vip}:80`)],
  };
};

/** To sidecars, with and without mTLS. */
const toPods: Recipe = (_slot, random) => ({
  name: 'to pods and Services',
  objects: [],
  requests: [1, 2].map(() => ({
    ...say(
      pick(random, ['10.96.1.1:9000', '10.96.1.2:9000', '10.244.1.1:9000', '10.244.1.2:9000']),
      pick(random, words),
    ),
    from: pick(random, ['client', 'other', 'legacy']),
  })),
});

/** Nobody is behind it, or nobody who is known. */
const nowhere: Recipe = (slot, random) => {
  const route = chance(random, 0.5) ? to('nobody.test') : to(slot.host, { subset: 'absent' });
  return {
    name: `to ${JSON.stringify(route)}`,
    objects: [
      serviceEntry(slot, chance(random, 0.5) ? [] : endpoints(slot, 1), 'TCP'),
      istio('VirtualService', slot.name, { hosts: [slot.host], tcp: [{ route: [route] }] }),
    ],
    endpoints: 1,
    requests: [say(`${slot.vip}:80`)],
  };
};

const weighted: Recipe = (slot, random) => {
  const first = pick(random, [5, 15, 90]);
  const legs = [
    { ...to('app-v1.diff.svc.cluster.local', port(9000)), weight: first },
    { ...to('app-v2.diff.svc.cluster.local', port(9000)), weight: 100 - first },
  ];
  return {
    name: `weights ${first}:${100 - first}, by connection`,
    objects: [
      serviceEntry(slot, endpoints(slot, 1), 'TCP'),
      istio('VirtualService', slot.name, { hosts: [slot.host], tcp: [{ route: legs }] }),
    ],
    endpoints: 1,
    requests: Array.from({ length: 160 }, () => say(`${slot.vip}:80`, 'x')),
    spread: ({ body }) => body.slice(0, 6),
  };
};

export const tcpProxy: Feature = {
  id: 'tcp-proxy',
  title: 'TCP: by port, by address, by who calls, weights, nobody there',
  cases: (random, count, slot) => [
    ...inTurn([direct, routed, toPods, routed, nowhere])(random, count - 3, slot),
    ...inTurn([weighted])(random, 3, (i) => slot(count - 3 + i)),
  ],
};
