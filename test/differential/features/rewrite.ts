import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { type Case, chance, type Feature, istio, pick } from '../feature.ts';

const uriMatches: readonly JsonObject[] = [
  { prefix: '/' },
  { prefix: '/a' },
  { prefix: '/a/' },
  { exact: '/a/b' },
  { regex: '/a/[^/]+/(.*)' },
  { regex: '/.*' },
];

const rewrites = (random: Random): JsonObject => ({
  ...pick(random, [
    {},
    { uri: '/new' },
    { uri: '/' },
    { uri: '/new/' },
    { uriRegexRewrite: { match: '/a/([^/]+)/(.*)', rewrite: '/\\2/of/\\1' } },
    { uriRegexRewrite: { match: 'a', rewrite: 'bb' } },
    { uriRegexRewrite: { match: '^/a(/.*)?$', rewrite: '/z\\1' } },
  ]),
  ...(chance(random, 0.5) ? { authority: pick(random, ['new.test', 'new.test:8080', 'NEW.test']) } : {}),
});

const paths = ['/', '/a', '/a/', '/a/b', '/a/b/c', '/a/b/c?x=/a/1&y', '/ab', '/a?/a', '/a//b', '/aa/a', '/a/b/'];

/** What the app gets: path and host rewritten, the original path told; also what later header operations see. */
export const rewrite: Feature = {
  id: 'rewrite',
  title: 'rewrite of path (prefix, whole, regex) and authority',
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name, host } = slot(i);
      const route = {
        match: [{ uri: pick(random, uriMatches), ...(chance(random, 0.2) ? { ignoreUriCase: true } : {}) }],
        rewrite: rewrites(random),
        route: [{ destination: { host: 'app-v1', port: { number: 80 } } }],
      };
      // Admission refuses a rewrite that says nothing.
      if (Object.keys(route.rewrite).length === 0) route.rewrite = { uri: '/only' };
      return {
        name: `${JSON.stringify(route.match[0])} to ${JSON.stringify(route.rewrite)}`,
        objects: [istio('VirtualService', name, { hosts: [host], http: [route] })],
        requests: paths.map((path) => ({ path, headers: [['host', host]] })),
      };
    }),
};
