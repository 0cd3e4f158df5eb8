import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { type Case, chance, type Feature, type HttpRequest, istio, pick } from '../feature.ts';

const origins = [{ exact: 'http://a.test' }, { prefix: 'http://' }, { regex: 'https://.*\\.b\\.test' }, { exact: '*' }];

const policy = (random: Random): JsonObject => ({
  allowOrigins: chance(random, 0.2) ? [pick(random, origins), pick(random, origins)] : [pick(random, origins)],
  ...(chance(random, 0.7) ? { allowMethods: pick(random, [['GET'], ['GET', 'POST'], ['PUT', 'PATCH']]) } : {}),
  ...(chance(random, 0.6) ? { allowHeaders: pick(random, [['x-a'], ['x-a', 'X-B']]) } : {}),
  ...(chance(random, 0.5) ? { exposeHeaders: ['x-out', 'x-more'] } : {}),
  ...(chance(random, 0.5) ? { maxAge: pick(random, ['24h', '90s', '0s']) } : {}),
  ...(chance(random, 0.5) ? { allowCredentials: chance(random, 0.5) } : {}),
  ...pick<JsonObject>(random, [{}, {}, { unmatchedPreflights: 'IGNORE' }, { unmatchedPreflights: 'FORWARD' }]),
});

const asked = ['http://a.test', 'https://x.b.test', 'https://else.test', 'null', ''];

function request(random: Random, host: string): HttpRequest {
  const origin = pick(random, asked);
  const isPreflight = chance(random, 0.6);
  const wanted = pick(random, ['GET', 'POST', 'DELETE', '']);
  return {
    method: isPreflight ? 'OPTIONS' : pick(random, ['GET', 'POST', 'PUT']),
    headers: [
      ['host', host],
      ...(origin === '' ? [] : ([['origin', origin]] as const)),
      ...(isPreflight && wanted !== '' ? ([['access-control-request-method', wanted]] as const) : []),
      ...(isPreflight && chance(random, 0.4) ? ([['access-control-request-headers', 'x-c']] as const) : []),
      ['x-do', pick(random, ['200', '200 access-control-allow-origin:own', '403 access-control-max-age:1'])],
    ],
  };
}

export const cors: Feature = {
  id: 'cors',
  title: 'CORS: preflights and answers',
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name, host } = slot(i);
      const route = { corsPolicy: policy(random), route: [{ destination: { host: 'app-v1' } }] };
      return {
        name: JSON.stringify(route.corsPolicy),
        objects: [istio('VirtualService', name, { hosts: [host], http: [route] })],
        requests: Array.from({ length: 10 }, () => request(random, host)),
      };
    }),
};
