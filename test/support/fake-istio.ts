import type { Json, JsonObject } from '../../mesh/json.ts';
import type { TrafficRecord } from '../../runner/observe/identify.ts';
import type { FakeKube } from './fake-kube.ts';
import type { Call, FakeWorld } from './fake-place.ts';

type Weighted = { subset: string; weight: number };

/** As much of Istio as the labs canary and strict-mtls look at, written down as rules over the fake's objects. */
export const fakeIstio: Pick<FakeWorld, 'answer' | 'configDump'> = {
  answer: ({ kube, traffic, random }: Call) => {
    const { url } = traffic.request;
    if (url.startsWith('http://web-frontend')) return frontend(kube);
    return traffic.from.app === 'legacy-client' && strict(kube)
      ? { error: { kind: 'ECONNRESET', message: 'read ECONNRESET' } }
      : customers(kube, { draw: random.next(), mesh: traffic.from.app === 'curl' });
  },
  configDump: (kube) => ({
    configs: [
      {
        '@type': 'x/envoy.admin.v3.RoutesConfigDump',
        dynamicRouteConfigs: [{ routeConfig: routeConfig(routes(kube)) }],
      },
    ],
  }),
};

const bodies: { [version: string]: string } = { v1: '[{"name":"Jane"}]', v2: '[{"city":"Boston"}]' };

function customers(kube: FakeKube, { draw, mesh }: { draw: number; mesh: boolean }): Partial<TrafficRecord> {
  if (mesh && strict(kube) && plaintextClient(kube)) return { status: 503 };
  const chosen = pick(routes(kube), draw);
  if (chosen === undefined) return { status: 200, body: bodies[draw < 0.5 ? 'v1' : 'v2'] ?? '' };
  const label = subsets(kube).get(chosen);
  const body = label === undefined ? undefined : bodies[label];
  return body === undefined ? { status: 503 } : { status: 200, body };
}

const frontend = (kube: FakeKube): Partial<TrafficRecord> =>
  strict(kube) ? { status: 500, body: 'ECONNRESET' } : { status: 200, body: 'customers' };

function pick(weights: readonly Weighted[], draw: number): string | undefined {
  let rest = draw * weights.reduce((sum, { weight }) => sum + weight, 0);
  return weights.find(({ weight }) => {
    rest -= weight;
    return rest < 0;
  })?.subset;
}

const at = (value: Json | undefined, ...path: (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>((v, key) => (v as JsonObject | undefined)?.[key as string], value);

function routes(kube: FakeKube): Weighted[] {
  const service = kube.all('VirtualService').find((o) => String(at(o.spec, 'hosts', 0)).startsWith('customers'));
  const list = (at(service?.spec, 'http', 0, 'route') ?? []) as JsonObject[];
  return list.map((route) => ({
    subset: String(at(route, 'destination', 'subset')),
    weight: Number(at(route, 'weight') ?? 100),
  }));
}

function subsets(kube: FakeKube): Map<string, string> {
  const list = kube.all('DestinationRule').flatMap((o) => (at(o.spec, 'subsets') ?? []) as JsonObject[]);
  return new Map(list.map((subset) => [String(subset.name), String(at(subset, 'labels', 'version'))]));
}

const strict = (kube: FakeKube) =>
  kube
    .all('PeerAuthentication')
    .some(
      ({ spec, metadata }) =>
        metadata.namespace === 'default' &&
        at(spec, 'mtls', 'mode') === 'STRICT' &&
        (at(spec, 'selector', 'matchLabels', 'app') ?? 'customers') === 'customers' &&
        at(spec, 'portLevelMtls') === undefined,
    );

const plaintextClient = (kube: FakeKube) =>
  kube.all('DestinationRule').some(({ spec }) => at(spec, 'trafficPolicy', 'tls', 'mode') === 'DISABLE');

function routeConfig(weights: readonly Weighted[]): JsonObject {
  const host = 'customers.default.svc.cluster.local';
  const clusters = weights.map(({ subset, weight }) => ({ name: `outbound|80|${subset}|${host}`, weight }));
  const route = clusters.length > 0 ? { weightedClusters: { clusters } } : { cluster: `outbound|80||${host}` };
  return { name: '80', virtualHosts: [{ domains: [host], routes: [{ route }] }] };
}
