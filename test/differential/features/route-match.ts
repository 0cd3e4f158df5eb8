import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { type Case, chance, type Feature, type HttpRequest, istio, pick } from '../feature.ts';

const paths = ['/', '/a', '/A', '/a/', '/a/b', '/ab', '/api/v1/x', '/api/v2', '/x.html', '/a%20b', '/a//b', '/%61'];
const values = ['a', 'b', 'ab', 'A', 'a,b', '10', 'x-y', 'eu-1'];
const patterns = ['a+', '.*b', '(a|b)*', '[0-9]+', 'eu-.*', '(?i)a', 'x.y', 'a|ab'];
const names = ['u', 'v', 'cookie', 'user-agent', 'accept'];
const keys = ['k', 'q', 'K'];

const text = (random: Random, from: readonly string[], regexes: readonly string[]): JsonObject =>
  pick(random, [
    () => ({ exact: pick(random, from) }),
    () => ({ prefix: pick(random, from) }),
    () => ({ regex: pick(random, regexes) }),
  ])();

const uri = (random: Random): JsonObject =>
  text(random, paths, ['/a.*', '/[a-z]+', '/(a|b)/?', '/api/v[0-9]/?.*', '.*']);

const some = (random: Random, probability: number, field: string, make: () => unknown): JsonObject =>
  chance(random, probability) ? ({ [field]: make() } as JsonObject) : {};

function match(random: Random): JsonObject {
  const header = () => ({
    [pick(random, names)]: chance(random, 0.15) ? {} : text(random, values, patterns),
  });
  return {
    ...some(random, 0.7, 'uri', () => uri(random)),
    ...some(random, 0.25, 'ignoreUriCase', () => true),
    ...some(random, 0.3, 'headers', header),
    ...some(random, 0.15, 'withoutHeaders', header),
    ...some(random, 0.2, 'method', () => text(random, ['GET', 'POST', 'P'], ['P.*', 'GET|DELETE'])),
    ...some(random, 0.1, 'authority', () => text(random, ['c', 'c1', 'x'], ['c[0-9]+.*', '.*:80'])),
    ...some(random, 0.2, 'queryParams', () => ({ [pick(random, keys)]: text(random, values, patterns) })),
    ...some(random, 0.1, 'scheme', () => ({ exact: pick(random, ['http', 'https']) })),
    ...some(random, 0.1, 'port', () => pick(random, [80, 81])),
    ...some(random, 0.1, 'sourceLabels', () => pick(random, [{ app: 'client' }, { app: 'other' }])),
    ...some(random, 0.1, 'sourceNamespace', () => pick(random, ['diff', 'alien'])),
  };
}

const query = (random: Random): string => {
  const one = () => pick(random, keys) + (chance(random, 0.8) ? `=${pick(random, [...values, 'a%20b', ''])}` : '');
  return chance(random, 0.5) ? '' : `?${Array.from({ length: 1 + Math.floor(random.next() * 3) }, one).join('&')}`;
};

const request = (random: Random, host: string): HttpRequest => ({
  from: chance(random, 0.2) ? 'other' : 'client',
  method: pick(random, ['GET', 'GET', 'POST', 'DELETE', 'PUT']),
  path: pick(random, paths) + query(random),
  headers: [
    ['host', chance(random, 0.2) ? `${host}:80` : host],
    ...Array.from({ length: Math.floor(random.next() * 4) }, (): [string, string] => [
      pick(random, names),
      pick(random, values),
    ]),
  ],
});

/** Which of some routes takes a request: each answers with its number, the last resort is a 404. */
export const routeMatch: Feature = {
  id: 'route-match',
  title: 'route matching: path, regex, headers, query, method, authority, port, source',
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name, host } = slot(i);
      const http = Array.from({ length: 3 + Math.floor(random.next() * 4) }, (_, n) => ({
        name: `r${n}`,
        match: Array.from({ length: chance(random, 0.3) ? 2 : 1 }, () => match(random)),
        directResponse: { status: 200, body: { string: `r${n}` } },
      }));
      return {
        name: `${http.length} routes`,
        objects: [istio('VirtualService', name, { hosts: [host], http })],
        requests: Array.from({ length: 15 }, () => request(random, host)),
      };
    }),
};
