import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { createMeshSim, type MeshSim } from '../mesh-sim.ts';
import {
  client,
  config,
  hcm,
  lbEndpoint,
  listener,
  router,
  tcpProxy,
  typed,
  virtualOutbound,
} from '../testing/mini.ts';

const server = '10.0.1.1';
const state = (objectKey: string, inlineString: string): JsonObject => ({
  objectKey,
  formatString: { textFormatSource: { inlineString } },
  sharedWithUpstream: 'ONCE',
});
const internal = (serverListenerName: string, endpointId?: string): JsonObject => ({
  endpoint: { address: { envoyInternalAddress: { serverListenerName, ...(endpointId ? { endpointId } : {}) } } },
});
const statik = (name: string, lb: JsonObject): JsonObject => ({
  name,
  type: 'STATIC',
  loadAssignment: { endpoints: [{ lbEndpoints: [lb] }] },
});
const tls = (name: string): JsonObject => ({
  transportSocket: {
    name: 'tls',
    typedConfig: typed(`envoy.extensions.transport_sockets.tls.v3.${name}`, {
      ...(name === 'DownstreamTlsContext' ? { requireClientCertificate: true } : {}),
      commonTlsContext: {
        alpnProtocols: ['h2'],
        tlsCertificateSdsSecretConfigs: [{ name: 'default' }],
        combinedValidationContext: { validationContextSdsSecretConfig: { name: 'ROOTCA' } },
      },
    }),
  },
});
const certificate = (account: string) => ({
  issuer: 'mesh',
  subject: '',
  uriSans: [`spiffe://td/ns/x/sa/${account}`],
  dnsSans: [],
  fingerprint: '',
  serial: '',
  notBefore: 0,
  notAfter: Number.MAX_SAFE_INTEGER,
});

/** As istiod writes it with ENABLE_HBONE (golden a17): the route to the service is HTTP, the endpoint is behind HBONE. */
const ofClient = config({
  listeners: [
    virtualOutbound([tcpProxy({ cluster: 'none' })]),
    listener('80', 80, {
      trafficDirection: 'OUTBOUND',
      filterChains: [
        {
          filters: [
            hcm({
              routeConfig: {
                virtualHosts: [
                  { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'web' } }] },
                ],
              },
            }),
          ],
        },
      ],
    }),
    {
      name: 'connect_originate',
      internalListener: {},
      filterChains: [
        {
          filters: [
            tcpProxy({ cluster: 'connect_originate', tunnelingConfig: { hostname: '%DOWNSTREAM_LOCAL_ADDRESS%' } }),
          ],
        },
      ],
    },
  ],
  clusters: [
    statik('web', internal('connect_originate', `${server}:8080`)),
    {
      name: 'connect_originate',
      type: 'ORIGINAL_DST',
      originalDstLbConfig: { upstreamPortOverride: 15_008 },
      ...tls('UpstreamTlsContext'),
    },
  ],
});

const rbac = (allowed: string): JsonObject => ({
  name: 'rbac',
  typedConfig: typed('envoy.extensions.filters.http.rbac.v3.RBAC', {
    rules: {
      policies: {
        p: {
          permissions: [{ any: true }],
          principals: [{ filterState: { key: 'io.istio.peer_principal', stringMatch: { exact: allowed } } }],
        },
      },
    },
  }),
});

/** As istiod writes it for a sidecar that serves HBONE (golden a18). */
const ofServer = (allowed: string) =>
  config({
    listeners: [
      listener('connect_terminate', 15_008, {
        filterChains: [
          {
            filters: [
              hcm({
                statPrefix: 'connect_terminate',
                upgradeConfigs: [{ upgradeType: 'CONNECT' }],
                routeConfig: {
                  virtualHosts: [
                    {
                      name: 'default',
                      domains: ['*'],
                      routes: [
                        {
                          match: { connectMatcher: {} },
                          route: {
                            cluster: 'main_internal',
                            upgradeConfigs: [{ upgradeType: 'CONNECT', connectConfig: {} }],
                          },
                        },
                      ],
                    },
                  ],
                },
                httpFilters: [
                  {
                    name: 'connect_authority',
                    typedConfig: typed('envoy.extensions.filters.http.set_filter_state.v3.Config', {
                      onRequestHeaders: [
                        state('envoy.filters.listener.original_dst.local_ip', '%REQ(:AUTHORITY)%'),
                        state('envoy.filters.listener.original_dst.remote_ip', '%DOWNSTREAM_REMOTE_ADDRESS%'),
                        state('io.istio.peer_principal', '%DOWNSTREAM_PEER_URI_SAN%'),
                      ],
                    }),
                  },
                  router,
                ],
              }),
            ],
            ...tls('DownstreamTlsContext'),
          },
        ],
      }),
      {
        name: 'main_internal',
        internalListener: {},
        trafficDirection: 'INBOUND',
        filterChains: [
          {
            filterChainMatch: { destinationPort: 8080 },
            filters: [
              hcm({
                statPrefix: 'inbound',
                httpFilters: [rbac(allowed), router],
                routeConfig: {
                  virtualHosts: [
                    {
                      name: 'all',
                      domains: ['*'],
                      routes: [{ match: { prefix: '/' }, route: { cluster: 'inbound' } }],
                    },
                  ],
                },
              }),
            ],
          },
        ],
      },
    ],
    clusters: [
      statik('main_internal', internal('main_internal')),
      {
        ...statik('inbound', lbEndpoint(server, 8080)),
        upstreamBindConfig: { sourceAddress: { address: '127.0.0.6' } },
      },
    ],
  });

function mesh(allowed = 'spiffe://td/ns/x/sa/client'): MeshSim {
  const sim = createMeshSim({
    seed: 1,
    issue: ({ node, name }) => (name === 'ROOTCA' ? { roots: ['mesh'] } : { certificate: certificate(node.id) }),
    dns: () => ['10.96.0.1'],
  });
  for (const [id, ip, given] of [
    ['client', client, ofClient],
    ['server', server, ofServer(allowed)],
  ] as const) {
    sim.addProxy({ id, ip, metadata: {} });
    sim.update(id, given);
    expect([sim.admin(id).rejections(), sim.admin(id).reports()]).toEqual([[], []]);
  }
  sim.attach(server, '', () => ({
    8080: {
      protocol: 'http',
      handle: ({ path, remoteAddress }) => ({ status: 200, body: `${path} from ${remoteAddress}` }),
    },
  }));
  return sim;
}

// Facts: shared/reference/envoy-spike.md, 5.2 (measured), and golden a17 and a18.
describe('HBONE between sidecars', () => {
  it('a request goes through both internal listeners, with mutual TLS, and the client is known by its certificate', async () => {
    const sim = mesh();
    const answer = sim.send({ from: client, url: 'http://svc/a' });
    await sim.run();
    expect(await answer).toMatchObject({ status: 200, body: `/a from ${server}` });
  });

  it('who is not allowed is refused inside of the tunnel', async () => {
    const sim = mesh('spiffe://td/ns/x/sa/other');
    const answer = sim.send({ from: client, url: 'http://svc/a' });
    await sim.run();
    expect(await answer).toMatchObject({ status: 403, body: 'RBAC: access denied' });
  });

  it('one tunnel carries many requests', async () => {
    const sim = mesh();
    for (let n = 0; n < 5; n++) {
      void sim.send({ from: client, url: 'http://svc/a' });
      await sim.run();
    }
    expect(sim.admin('server').stats('http[.]connect_terminate[.]downstream_rq_total')).toEqual(
      new Map([['http.connect_terminate.downstream_rq_total', 1]]),
    );
  });

  it('nobody at the other end: UF', async () => {
    const sim = mesh();
    sim.removeProxy('server');
    const answer = sim.send({ from: client, url: 'http://svc/a' });
    await sim.run();
    expect(await answer).toMatchObject({ status: 503, flags: expect.stringMatching(/^U[FC]$/) });
  });
});
