import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { createMeshSim, type SimObservation } from '../mesh-sim.ts';
import { client, config, hcm, lbEndpoint, listener, typed, virtualOutbound } from '../testing/mini.ts';
import type { Certificate } from '../types.ts';

const server = '10.0.1.1';
const day = 86_400_000;
const now = Date.UTC(2026, 0, 1);
const certificate = (uri: string, more: Partial<Certificate> = {}): Certificate => ({
  issuer: 'mesh',
  subject: '',
  uriSans: [uri],
  dnsSans: [],
  fingerprint: 'f0',
  serial: '1',
  notBefore: now - day,
  notAfter: now + day,
  ...more,
});

const common = (more: JsonObject): JsonObject => ({
  tlsCertificateSdsSecretConfigs: [{ name: 'default' }],
  combinedValidationContext: { defaultValidationContext: {}, validationContextSdsSecretConfig: { name: 'ROOTCA' } },
  ...more,
});
const sans = (...uris: string[]): JsonObject => ({
  combinedValidationContext: {
    defaultValidationContext: {
      matchTypedSubjectAltNames: uris.map((exact) => ({ sanType: 'URI', matcher: { exact } })),
    },
    validationContextSdsSecretConfig: { name: 'ROOTCA' },
  },
});

interface Case {
  /** Of the client's UpstreamTlsContext; absent: plaintext. */
  upstream?: JsonObject;
  /** Of the server's DownstreamTlsContext. */
  downstream?: JsonObject;
  clientCertificate?: Certificate | undefined;
  serverCertificate?: Certificate | undefined;
  match?: JsonObject;
}

const socket = (name: string, type: string, value: JsonObject) => ({
  transportSocket: { name, typedConfig: typed(`envoy.extensions.transport_sockets.tls.v3.${type}`, value) },
});

async function ask(c: Case): Promise<SimObservation> {
  const certificates: { [id: string]: Certificate | undefined } = {
    client: 'clientCertificate' in c ? c.clientCertificate : certificate('spiffe://mesh/client'),
    server: 'serverCertificate' in c ? c.serverCertificate : certificate('spiffe://mesh/server'),
  };
  const sim = createMeshSim({
    seed: 1,
    dns: () => ['10.96.0.1'],
    issue({ node, name }) {
      if (name === 'ROOTCA') return { roots: ['mesh'] };
      if (name !== 'default') return undefined;
      const own = certificates[node.id];
      return own && { certificate: own };
    },
  });
  sim.addProxy({ id: 'client', ip: client, metadata: {} });
  sim.addProxy({ id: 'server', ip: server, metadata: {} });
  const route = (cluster: string) => ({
    virtualHosts: [
      { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster, timeout: '0s' } }] },
    ],
  });
  sim.update(
    'client',
    config({
      listeners: [
        virtualOutbound(),
        listener('80', 80, { filterChains: [{ filters: [hcm({ routeConfig: route('c') })] }] }),
      ],
      clusters: [
        {
          name: 'c',
          type: 'STATIC',
          loadAssignment: { endpoints: [{ lbEndpoints: [lbEndpoint(server, 8080)] }] },
          ...(c.upstream ? socket('envoy.transport_sockets.tls', 'UpstreamTlsContext', c.upstream) : {}),
        },
      ],
    }),
  );
  const inspector = {
    name: 'tls',
    typedConfig: typed('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector'),
  };
  sim.update(
    'server',
    config({
      listeners: [
        listener('virtualInbound', 15_006, {
          trafficDirection: 'INBOUND',
          listenerFilters: [inspector],
          filterChains: [
            {
              name: 'secured',
              filterChainMatch: { transportProtocol: 'tls', ...c.match },
              filters: [
                hcm({
                  routeConfig: route('app'),
                  forwardClientCertDetails: 'APPEND_FORWARD',
                  setCurrentClientCertDetails: { uri: true },
                }),
              ],
              ...socket('envoy.transport_sockets.tls', 'DownstreamTlsContext', {
                requireClientCertificate: true,
                commonTlsContext: common({ alpnProtocols: ['h2', 'http/1.1'] }),
                ...c.downstream,
              }),
            },
          ],
        }),
      ],
      // As istiod writes it: who comes from 127.0.0.6 is let through to the app.
      clusters: [{ name: 'app', type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED', upstreamBindConfig: {} }],
    }),
  );
  sim.attach(server, '', () => ({
    8080: {
      protocol: 'http',
      handle: (r) => ({ status: 200, body: r.headers['x-forwarded-client-cert'] ?? 'no certificate' }),
    },
  }));
  const answer = sim.send({ from: client, url: 'http://svc/' });
  await sim.run();
  return answer;
}

const mutual = { commonTlsContext: common({}) };
const simple = { commonTlsContext: common({ tlsCertificateSdsSecretConfigs: [] }) };
const failed = /remote_connection_failure/;

describe('TLS as facts', () => {
  it.each<[string, Case, number, RegExp]>([
    ['mTLS', { upstream: mutual }, 200, /^By=spiffe:\/\/mesh\/server;Hash=f0;URI=spiffe:\/\/mesh\/client$/],
    [
      'the server that was meant',
      { upstream: { commonTlsContext: common(sans('spiffe://mesh/other', 'spiffe://mesh/server')) } },
      200,
      /^By=/,
    ],
    ['another server', { upstream: { commonTlsContext: common(sans('spiffe://mesh/other')) } }, 503, /SAN_matcher/],
    [
      'a server of another root',
      { upstream: mutual, serverCertificate: certificate('spiffe://mesh/server', { issuer: 'else' }) },
      503,
      /unable_to_get_local_issuer/,
    ],
    [
      'a server that has expired',
      { upstream: mutual, serverCertificate: certificate('spiffe://mesh/server', { notAfter: now - 1 }) },
      503,
      /has_expired/,
    ],
    ['a server without certificate', { upstream: mutual, serverCertificate: undefined }, 503, failed],
    ['no client certificate', { upstream: simple }, 503, /connection_termination/],
    ['a client certificate that has not come', { upstream: mutual, clientCertificate: undefined }, 503, /not_supplied/],
    [
      'roots that have not come',
      { upstream: { commonTlsContext: { validationContextSdsSecretConfig: { name: 'file-root:/ca.pem' } } } },
      503,
      /not_supplied/,
    ],
    [
      'no client certificate where none is wanted',
      { upstream: simple, downstream: { requireClientCertificate: false } },
      200,
      /^no certificate$/,
    ],
    [
      'a client of another root',
      { upstream: mutual, clientCertificate: certificate('spiffe://mesh/client', { issuer: 'else' }) },
      503,
      /connection_termination/,
    ],
    [
      'a client that is not wanted',
      { upstream: mutual, downstream: { commonTlsContext: common(sans('spiffe://mesh/friend')) } },
      503,
      /connection_termination/,
    ],
    [
      'any client where unknown ones are accepted',
      {
        upstream: mutual,
        clientCertificate: certificate('spiffe://mesh/client', { issuer: 'else' }),
        downstream: {
          commonTlsContext: common({
            combinedValidationContext: {
              defaultValidationContext: { trustChainVerification: 'ACCEPT_UNTRUSTED' },
              validationContextSdsSecretConfig: { name: 'ROOTCA' },
            },
          }),
        },
      },
      200,
      /URI=spiffe:\/\/mesh\/client$/,
    ],
    ...[
      ['a.Example', 200, /^By=/],
      ['a.b.example', 503, /SAN_matcher/],
      ['example', 503, /SAN_matcher/],
    ].map(([exact, status, words]): [string, Case, number, RegExp] => [
      `a wildcard certificate, when ${exact} was meant`,
      {
        upstream: {
          commonTlsContext: common({
            combinedValidationContext: {
              defaultValidationContext: { matchSubjectAltNames: [{ exact: String(exact) }] },
              validationContextSdsSecretConfig: { name: 'ROOTCA' },
            },
          }),
        },
        serverCertificate: certificate('spiffe://mesh/server', { dnsSans: ['*.example'] }),
      },
      Number(status),
      words as RegExp,
    ]),
    ['plaintext to STRICT', {}, 503, /connection_termination/],
    ['ALPN that no chain has', { upstream: mutual, match: { applicationProtocols: ['istio'] } }, 503, failed],
    [
      'ALPN that the chain has',
      {
        upstream: { commonTlsContext: common({ alpnProtocols: ['istio-http/1.1', 'istio'] }) },
        match: { applicationProtocols: ['istio'] },
      },
      200,
      /^By=/,
    ],
    [
      'server name that no chain has',
      { upstream: { ...mutual, sni: 'a.b' }, match: { serverNames: ['c.d'] } },
      503,
      failed,
    ],
    ['server name', { upstream: { ...mutual, sni: 'a.b' }, match: { serverNames: ['*.b'] } }, 200, /^By=/],
  ])('%s', async (_, c, status, words) => {
    const seen = await ask(c);
    expect([seen.status, status === 200 ? seen.body : seen.details]).toEqual([status, expect.stringMatching(words)]);
  });
});
