import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { type Case, chance, type Feature, type HttpRequest, istio, pick } from '../feature.ts';

const gatewayIp = '10.244.2.1';
const edge = (kind: string, name: string, spec: JsonObject): JsonObject => ({
  ...istio(kind, name, spec),
  metadata: { name, namespace: 'edge' },
});

const server = (number: number, hosts: string[], more: JsonObject = {}): JsonObject => ({
  port: { number, name: `http-${number}`, protocol: 'HTTP' },
  hosts,
  ...more,
});

function routes(random: Random): JsonObject[] {
  const destination = (host: string) => [{ destination: { host: `${host}.diff.svc.cluster.local` } }];
  const all: JsonObject[] = [
    { match: [{ uri: { prefix: '/v2' } }], route: destination('app-v2') },
    { match: [{ uri: { prefix: '/r' } }], redirect: { authority: 'moved.test', redirectCode: 302 } },
    { match: [{ uri: { exact: '/own' }, port: pick(random, [80, 8080]) }], directResponse: { status: 418 } },
    {
      match: [{ uri: { prefix: '/w' } }],
      rewrite: { uri: '/', authority: 'inner.test' },
      route: destination('app-v1'),
    },
    { match: [{ headers: { 'x-a': { exact: 'b' } } }], route: destination('nobody') },
    { match: [{ gateways: ['mesh'] }], directResponse: { status: 500 } },
  ];
  const last = chance(random, 0.7) ? [{ route: destination('app-v1') }] : [];
  return [...all.filter(() => chance(random, 0.5)), ...last];
}

const request = (random: Random, hosts: readonly string[]): HttpRequest => ({
  from: 'legacy',
  to: `${gatewayIp}:${pick(random, [80, 80, 8080])}`,
  path: pick(random, ['/', '/v2/x', '/r?a', '/own', '/w/x?y', '/V2', '/a/../v2', '//v2']),
  headers: [
    ['host', pick(random, hosts)],
    ...(chance(random, 0.3) ? ([['x-a', 'b']] as const) : []),
    ...(chance(random, 0.3) ? ([['x-forwarded-for', pick(random, ['1.2.3.4', '1.2.3.4, 5.6.7.8'])]] as const) : []),
    ...(chance(random, 0.2) ? ([['x-forwarded-proto', 'https']] as const) : []),
    ...(chance(random, 0.2) ? ([['x-envoy-max-retries', '3']] as const) : []),
    ...(chance(random, 0.2) ? ([['x-request-id', 'given']] as const) : []),
  ],
});

/** Requests from outside, at two ports of one gateway that all cases share. */
export const gateway: Feature = {
  id: 'gateway',
  title: 'gateways (router), HTTP',
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name, host } = slot(i);
      const selector = { istio: 'ingressgateway' };
      const servers = pick(random, [
        [server(80, [host])],
        [server(80, [host]), server(8080, [host, `*.${host}`])],
        [server(80, [`*.${host}`, host])],
        [server(80, [host], { tls: { httpsRedirect: true } }), server(8080, [host])],
      ]);
      const hosts = pick(random, [[host], [host, `*.${host}`], [`www.${host}`]]);
      return {
        name: `${JSON.stringify(servers)} for ${hosts}`,
        objects: [
          edge('Gateway', name, { selector, servers }),
          edge('VirtualService', name, {
            hosts,
            gateways: pick(random, [[name], [name, 'mesh']]),
            http: routes(random),
          }),
        ],
        requests: Array.from({ length: 10 }, () =>
          request(random, [host, host, `www.${host}`, `${host}:80`, `x.${host}:8080`]),
        ),
      };
    }),
};
