import type { XdsConfig } from '../../istiod/xds/types.ts';
import type { JsonObject } from '../../json.ts';
import {
  type AppPort,
  type AppRequest,
  type AppResponse,
  createMeshSim,
  type MeshSim,
  type SimObservation,
  type SimRequest,
} from '../mesh-sim.ts';

export const typed = (name: string, value: JsonObject = {}): JsonObject => ({
  '@type': `type.googleapis.com/${name}`,
  ...value,
});

export const config = (parts: Partial<XdsConfig>): XdsConfig => ({
  listeners: [],
  routes: [],
  clusters: [],
  endpoints: [],
  secrets: [],
  extensionConfigs: [],
  problems: [],
  origins: new Map(),
  ...parts,
});

export const router: JsonObject = {
  name: 'envoy.filters.http.router',
  typedConfig: typed('envoy.extensions.filters.http.router.v3.Router'),
};

export const hcm = (value: JsonObject): JsonObject => ({
  name: 'envoy.filters.network.http_connection_manager',
  typedConfig: typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    statPrefix: 'out',
    httpFilters: [router],
    ...value,
  }),
});

export const tcpProxy = (value: JsonObject): JsonObject => ({
  name: 'envoy.filters.network.tcp_proxy',
  typedConfig: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', { statPrefix: 'tcp', ...value }),
});

export const listener = (name: string, port: number, value: JsonObject): JsonObject => ({
  name,
  address: { socketAddress: { address: '0.0.0.0', portValue: port } },
  ...value,
});

/** What catches the traffic of a pod: hands over by original destination. */
export const virtualOutbound = (filters: JsonObject[] = []): JsonObject =>
  listener('virtualOutbound', 15_001, {
    useOriginalDst: true,
    trafficDirection: 'OUTBOUND',
    filterChains: [{ name: 'catchall', filters }],
  });

export const lbEndpoint = (address: string, portValue: number, more: JsonObject = {}): JsonObject => ({
  endpoint: { address: { socketAddress: { address, portValue } } },
  ...more,
});

export interface MiniOptions {
  seed?: number;
  /** Routes of the one virtual host "*". */
  routes?: JsonObject[];
  /** Merged over cluster `c`. */
  cluster?: JsonObject;
  clusters?: JsonObject[];
  /** Endpoints of cluster `c`; default: one per app. */
  endpoints?: JsonObject[];
  /** Merged over the connection manager. */
  manager?: JsonObject;
  /** Apps at 10.0.1.1, 10.0.1.2 …, port 8080. */
  apps?: ((request: AppRequest, sleep: (ms: number) => Promise<void>) => AppResponse | Promise<AppResponse>)[];
  nowhere?: 'refused' | 'timeout';
}

export const client = '10.0.0.1';
const service = '10.96.0.1';

export interface Mini {
  sim: MeshSim;
  /** Sends all at once and runs until nothing is left. */
  ask(...requests: Partial<SimRequest>[]): Promise<SimObservation[]>;
  /** One after the other. */
  inTurn(n: number, request?: Partial<SimRequest>): Promise<SimObservation[]>;
  /** Requests that each app has seen. */
  seen: AppRequest[][];
}

/** A client sidecar with one virtual host and one cluster `c`, and plain apps behind it. */
export function mini(options: MiniOptions): Mini {
  const sim = createMeshSim({
    seed: options.seed ?? 1,
    issue: () => undefined,
    dns: (name) => (name === 'svc' ? [service] : []),
    nowhere: options.nowhere ?? 'refused',
  });
  sim.addProxy({ id: 'client', ip: client, metadata: {} });
  const apps = options.apps ?? [];
  const seen: AppRequest[][] = apps.map(() => []);
  for (const [i, app] of apps.entries())
    sim.attach(`10.0.1.${i + 1}`, '', ({ sleep }): { [port: number]: AppPort } => ({
      8080: {
        protocol: 'http',
        handle(request) {
          seen[i]?.push(request);
          return app(request, sleep);
        },
      },
    }));
  sim.update('client', miniConfig(options));
  const request = (r: Partial<SimRequest>): SimRequest => ({ from: client, url: 'http://svc/', ...r });
  const ask: Mini['ask'] = async (...requests) => {
    const answers = requests.map((r, i) => sim.send(request({ lane: String(i), ...r })));
    await sim.run();
    return Promise.all(answers);
  };
  return {
    sim,
    seen,
    ask,
    async inTurn(n, r = {}) {
      const all: SimObservation[] = [];
      for (let i = 0; i < n; i++) all.push(...(await ask({ lane: '0', ...r })));
      return all;
    },
  };
}

export function miniConfig(options: MiniOptions): XdsConfig {
  const routes = options.routes ?? [{ match: { prefix: '/' }, route: { cluster: 'c', timeout: '0s' } }];
  const lbEndpoints = options.endpoints ?? (options.apps ?? []).map((_, i) => lbEndpoint(`10.0.1.${i + 1}`, 8080));
  return config({
    listeners: [
      virtualOutbound([tcpProxy({ cluster: 'passthrough' })]),
      listener('0.0.0.0_80', 80, {
        trafficDirection: 'OUTBOUND',
        filterChains: [{ filters: [hcm({ rds: { routeConfigName: '80' }, ...options.manager })] }],
      }),
    ],
    routes: [{ name: '80', virtualHosts: [{ name: 'all', domains: ['*'], includeRequestAttemptCount: true, routes }] }],
    clusters: [
      {
        name: 'c',
        type: 'EDS',
        connectTimeout: '1s',
        commonLbConfig: { healthyPanicThreshold: {} },
        ...options.cluster,
      },
      { name: 'passthrough', type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED' },
      ...(options.clusters ?? []),
    ],
    endpoints: [{ clusterName: 'c', endpoints: lbEndpoints.length === 0 ? [] : [{ lbEndpoints }] }],
  });
}

export const ok = (): AppResponse => ({ status: 200, body: 'ok' });
export const status = (code: number) => (): AppResponse => ({ status: code });
