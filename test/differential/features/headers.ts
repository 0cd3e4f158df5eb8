import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { type Case, chance, type Feature, istio, pick } from '../feature.ts';

const names = ['x-a', 'x-b', 'X-Upper', 'user-agent', 'x-out', 'content-type', 'server'];
const values = ['1', 'two words', '', 'a,b', '%%', 'literal %% percent'];

/** Envoy's own values, which a VirtualService may name. */
const formatted = [
  '%REQ(:METHOD)%',
  '%REQ(x-a)%',
  '%REQ(x-none)%',
  '%PROTOCOL%',
  '%REQ(:PATH)% of %REQ(:AUTHORITY)%',
  '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
  '%RESPONSE_CODE%',
];

const operations = (random: Random): JsonObject => {
  const map = () => ({ [pick(random, names)]: pick(random, chance(random, 0.3) ? formatted : values) });
  return {
    ...(chance(random, 0.6) ? { set: map() } : {}),
    ...(chance(random, 0.6) ? { add: { ...map(), ...map() } } : {}),
    ...(chance(random, 0.4) ? { remove: [pick(random, names)] } : {}),
  };
};

const both = (random: Random): JsonObject => ({
  ...(chance(random, 0.8) ? { request: operations(random) } : {}),
  ...(chance(random, 0.8) ? { response: operations(random) } : {}),
});

/** Operations of the route and of the destination, on what the app gets and on what comes back. */
export const headerOperations: Feature = {
  id: 'headers',
  title: 'header operations: request and response, of route and destination',
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name, host } = slot(i);
      // What nobody answers is answered by Envoy, with the operations done to it.
      const destination = { host: pick(random, ['app-v1', 'app-v1', 'app-v2', 'nobody']) };
      const other = { destination: { host: 'app-v2' }, weight: 0, headers: both(random) };
      const first = { destination, ...(chance(random, 0.7) ? { headers: both(random) } : {}) };
      const route = {
        headers: both(random),
        ...(chance(random, 0.2) ? { rewrite: { uri: '/rewritten' } } : {}),
        route: chance(random, 0.3) ? [{ ...first, weight: 100 }, other] : [first],
      };
      if (chance(random, 0.15)) Object.assign(route.headers, { request: { set: { Host: 'set.test' } } });
      return {
        name: JSON.stringify(route).slice(0, 200),
        objects: [istio('VirtualService', name, { hosts: [host], http: [route] })],
        requests: [
          { headers: [['host', host]] },
          {
            headers: [
              ['host', host],
              ['x-a', '0'],
              ['x-a', '00'],
              ['x-upper', 'low'],
              ['x-do', 'x-out:1 x-b:2 x-b:3 server:own'],
            ],
          },
          {
            headers: [
              ['host', host],
              ['x-b', ''],
              ['user-agent', 'me'],
              ['x-do', '503 content-type:text/html x-a:9'],
            ],
          },
        ],
      };
    }),
};
