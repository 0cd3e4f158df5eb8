import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { type Case, chance, type Feature, istio, pick } from '../feature.ts';

const some = (random: Random, field: string, values: readonly (string | number)[]): JsonObject =>
  chance(random, 0.5) ? { [field]: pick(random, values) } : {};

function target(random: Random): JsonObject {
  const redirect: JsonObject = {
    ...some(random, 'uri', ['/new', '/new?with=query', '%PREFIX()%/more', '/']),
    ...some(random, 'authority', ['new.test', 'new.test:8443']),
    ...some(random, 'scheme', ['http', 'https']),
    ...some(random, 'redirectCode', [301, 302, 303, 307, 308]),
  };
  const port = pick(random, [
    {},
    {},
    { port: 81 },
    { port: 443 },
    { derivePort: 'FROM_PROTOCOL_DEFAULT' },
    { derivePort: 'FROM_REQUEST_PORT' },
  ]);
  const all: JsonObject = { ...redirect, ...port };
  return 'uri' in all || 'authority' in all || 'scheme' in all ? all : { ...all, uri: '/must' };
}

const matches = [
  { uri: { prefix: '/' } },
  { uri: { exact: '/a' } },
  { uri: { prefix: '/a' } },
  { uri: { regex: '/a.*' } },
];

export const redirect: Feature = {
  id: 'redirect',
  title: 'redirect: path, authority, port, scheme, code',
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name, host } = slot(i);
      const route = {
        match: [pick(random, matches)],
        redirect: target(random),
        ...(chance(random, 0.2) ? { headers: { response: { add: { 'x-add': 'a' } } } } : {}),
      };
      return {
        name: JSON.stringify(route.redirect),
        objects: [istio('VirtualService', name, { hosts: [host], http: [route] })],
        requests: ['/a', '/a?x=1', '/b', '/a/b/'].flatMap((path) =>
          [host, `${host}:80`].map((authority) => ({
            method: pick(random, ['GET', 'POST', 'HEAD']),
            path,
            headers: [['host', authority]] as const,
          })),
        ),
      };
    }),
};
