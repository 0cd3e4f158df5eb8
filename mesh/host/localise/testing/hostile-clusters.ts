import { cluster, endpointAt, extension, type Hostile, tls } from './hostile.ts';

export const hostileClusters: Hostile[] = [
  [
    'ServiceEntry: an address of the machine',
    cluster(endpointAt({ socketAddress: { address: '127.0.0.1', portValue: 22 } })),
    '"portValue":22',
  ],
  [
    'ServiceEntry: an address of the network',
    cluster(endpointAt({ socketAddress: { address: '192.168.1.1', portValue: 80 } })),
    '"address":"192.168.1.1"',
  ],
  [
    'EnvoyFilter: the same in snake_case',
    cluster({
      load_assignment: {
        cluster_name: 'c',
        endpoints: [
          { lb_endpoints: [{ endpoint: { address: { socket_address: { address: '10.0.0.1', port_value: 22 } } } }] },
        ],
      },
    }),
    '"address":"10.0.0.1"',
  ],
  [
    'ServiceEntry: a Unix socket',
    cluster(endpointAt({ pipe: { path: '/var/run/docker.sock' } })),
    '/var/run/docker.sock',
  ],
  [
    'ServiceEntry: a Unix socket of another pod',
    cluster(endpointAt({ pipe: { path: '/run/mesh-labs/r1/shop.web/../x/admin.sock' } })),
    '..',
  ],
  [
    'EnvoyFilter: a further address',
    cluster(
      endpointAt(
        { socketAddress: { address: '10.1.1.1', portValue: 80 } },
        { additionalAddresses: [{ address: { socketAddress: { address: '9.9.9.9', portValue: 1 } } }] },
      ),
    ),
    '9.9.9.9',
  ],
  [
    'EnvoyFilter: another address for health checks',
    cluster(
      endpointAt(
        { socketAddress: { address: '10.1.1.1', portValue: 80 } },
        { healthCheckConfig: { address: { socketAddress: { address: '9.9.9.9', portValue: 1 } } } },
      ),
    ),
    '9.9.9.9',
  ],
  [
    'EnvoyFilter: named endpoints',
    cluster({
      loadAssignment: {
        clusterName: 'c',
        namedEndpoints: { a: { address: { socketAddress: { address: '9.9.9.9', portValue: 1 } } } },
      },
    }),
    '9.9.9.9',
  ],
  [
    'EnvoyFilter: the reserved listener with its own destination',
    cluster({
      loadAssignment: {
        clusterName: 'c',
        endpoints: [
          {
            lbEndpoints: [
              {
                endpoint: { address: { envoyInternalAddress: { serverListenerName: 'fabric' } } },
                metadata: { filterMetadata: { 'envoy.lb': { meshLabsReal: '22' } } },
              },
            ],
          },
        ],
      },
    }),
    '"meshLabsReal":"22"',
  ],
  [
    'EnvoyFilter: an ORIGINAL_DST cluster led by a header',
    cluster({ type: 'ORIGINAL_DST', originalDstLbConfig: { useHttpHeader: true } }),
    /ORIGINAL_DST|useHttpHeader/,
  ],
  [
    'ServiceEntry: STRICT_DNS',
    cluster({ type: 'STRICT_DNS', ...endpointAt({ socketAddress: { address: 'localhost', portValue: 22 } }) }),
    /STRICT_DNS|localhost/,
  ],
  [
    'ServiceEntry: LOGICAL_DNS and its own resolver',
    cluster({
      type: 'LOGICAL_DNS',
      dnsResolvers: [{ socketAddress: { address: '8.8.8.8', portValue: 53 } }],
      ...endpointAt({ socketAddress: { address: 'evil.test', portValue: 22 } }),
    }),
    /8\.8\.8\.8|evil/,
  ],
  [
    'EnvoyFilter: a cluster that finds its own addresses',
    cluster({
      clusterType: {
        name: 'dfp',
        typedConfig: { '@type': extension('clusters.dynamic_forward_proxy.v3.ClusterConfig') },
      },
    }),
    'dynamic_forward_proxy',
  ],
  [
    'EnvoyFilter: a source address',
    cluster({ upstreamBindConfig: { sourceAddress: { address: '192.168.0.7', portValue: 9 } } }),
    '192.168.0.7',
  ],
  [
    'EnvoyFilter: socket options',
    cluster({
      upstreamConnectionOptions: {},
      upstreamBindConfig: { socketOptions: [{ level: '1', name: '25', bufValue: 'ZXRoMA==' }] },
    }),
    'ZXRoMA',
  ],
  [
    'EnvoyFilter: health check events to a file',
    cluster({ healthChecks: [{ timeout: '1s', interval: '1s', eventLogPath: '/tmp/stolen' }] }),
    '/tmp/stolen',
  ],
  [
    'DestinationRule: a CA certificate file',
    cluster(tls({ validationContext: { trustedCa: { filename: '/etc/shadow' } } })),
    '/etc/shadow',
  ],
  [
    'EnvoyFilter: TLS keys written to a file',
    cluster(tls({ keyLog: { path: '/tmp/keys', localAddressRange: [] } })),
    '/tmp/keys',
  ],
  [
    'EnvoyFilter: a secret from a file',
    cluster(
      tls({ tlsCertificateSdsSecretConfigs: [{ name: 'x', sdsConfig: { pathConfigSource: { path: '/etc/x' } } }] }),
    ),
    '/etc/x',
  ],
  [
    'EnvoyFilter: SDS from another server',
    cluster(
      tls({
        tlsCertificateSdsSecretConfigs: [
          {
            name: 'x',
            sdsConfig: {
              apiConfigSource: { apiType: 'GRPC', grpcServices: [{ googleGrpc: { targetUri: 'evil.test:1' } }] },
            },
          },
        ],
      }),
    ),
    'evil.test',
  ],
  [
    'EnvoyFilter: an HTTP proxy as transport',
    cluster({
      transportSocket: {
        name: 'p',
        typedConfig: { '@type': extension('transport_sockets.http_11_proxy.v3.Http11ProxyUpstreamTransport') },
      },
    }),
    'http_11_proxy',
  ],
];
