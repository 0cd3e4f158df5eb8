import { parse } from 'yaml';
import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import {
  clientTls,
  connectionPool,
  localityLbSetting,
  outlierDetection,
  tcpKeepalive,
  zoneAwareLbSetting,
} from './model/destination-rule.ts';
import { mergeProxyConfig } from './model/proxy-config.ts';
import { anyObject, bool, duration, list, map, num, obj, type Shape, str } from './model/shape.ts';
import { retries } from './model/virtual-service.ts';

const toggle = obj({ disabled: bool });
const enabled = obj({ enabled: bool });
const proxyHeaders = obj({
  forwardedClientCert: str,
  setCurrentClientCertDetails: obj({ subject: bool, cert: bool, chain: bool, dns: bool, uri: bool }),
  requestId: toggle,
  server: obj({ disabled: bool, value: str }),
  attemptCount: toggle,
  envoyDebugHeaders: toggle,
  metadataExchangeHeaders: obj({ mode: str }),
  preserveHttp1HeaderCase: bool,
  xForwardedHost: enabled,
  xForwardedPort: enabled,
});
const customTag = obj({
  literal: obj({ value: str }),
  environment: obj({ name: str, defaultValue: str }),
  header: obj({ name: str, defaultValue: str }),
});
const connectionSettings = obj({
  profile: str,
  listenerPerConnectionBufferLimitBytes: num,
  listenerConnectionLimit: num,
  httpIdleTimeout: duration,
  httpMaxConnectionDuration: duration,
  httpDrainTimeout: duration,
  httpRequestTimeout: duration,
  httpRequestHeadersTimeout: duration,
  httpStreamIdleTimeout: duration,
  httpMaxStreamDuration: duration,
  httpMaxConcurrentStreams: num,
  http2InitialStreamWindowSize: num,
  http2InitialConnectionWindowSize: num,
  httpHeadersWithUnderscoresAction: str,
  httpMergeSlashes: bool,
  httpPathWithEscapedSlashesAction: str,
});
/** ProxyConfig: `defaultConfig` of the mesh, the object of that name, and the pod annotation. */
export const proxyConfig = obj({
  discoveryAddress: str,
  tracing: obj({ sampling: num, maxPathTagLength: num, enableIstioTags: bool, customTags: map(customTag) }),
  proxyHeaders,
  proxyMetadata: map(str),
  connectionSettings,
  concurrency: num,
  interceptionMode: str,
  gatewayTopology: obj({ numTrustedProxies: num, forwardClientCertDetails: str, proxyProtocol: obj({}) }),
});
export type ProxyConfig = Shape<typeof proxyConfig>;

const tlsConfig = obj({ minProtocolVersion: str, cipherSuites: list(str), ecdhCurves: list(str) });

/** The part of istio.mesh.v1alpha1 MeshConfig that has a meaning for proxies. Durations are nanoseconds. */
const meshConfig = obj({
  accessLogFile: str,
  accessLogFormat: str,
  accessLogEncoding: str,
  disableEnvoyListenerLog: bool,
  enableEnvoyAccessLogService: bool,
  connectTimeout: duration,
  protocolDetectionTimeout: duration,
  dnsRefreshRate: duration,
  tcpKeepalive,
  enableTracing: bool,
  enableAutoMtls: bool,
  rootNamespace: str,
  trustDomain: str,
  trustDomainAliases: list(str),
  caCertificates: list(obj({ trustDomains: list(str) })),
  proxyListenPort: num,
  proxyInboundListenPort: num,
  proxyHttpPort: num,
  defaultServiceExportTo: list(str),
  defaultVirtualServiceExportTo: list(str),
  defaultDestinationRuleExportTo: list(str),
  defaultConfig: proxyConfig,
  defaultProviders: obj({ metrics: list(str), tracing: list(str), accessLogging: list(str) }),
  extensionProviders: list(anyObject),
  defaultHttpRetryPolicy: retries,
  defaultInboundHttpRetryPolicy: retries,
  defaultTrafficPolicy: obj({ connectionPool, outlierDetection }),
  outboundTrafficPolicy: obj({ mode: str, tls: clientTls }),
  inboundTrafficPolicy: obj({ mode: str }),
  localityLbSetting,
  zoneAwareLbSetting,
  h2UpgradePolicy: str,
  hboneIdleTimeout: duration,
  pathNormalization: obj({ normalization: str }),
  inboundClusterStatName: str,
  outboundClusterStatName: str,
  meshMTLS: tlsConfig,
  tlsDefaults: tlsConfig,
});

const defaults = {
  connectTimeout: 10e9,
  protocolDetectionTimeout: 0,
  dnsRefreshRate: 60e9,
  enableTracing: true,
  enableAutoMtls: true,
  rootNamespace: 'istio-system',
  trustDomain: 'cluster.local',
  trustDomainAliases: [] as string[],
  proxyListenPort: 15001,
  proxyInboundListenPort: 15006,
  proxyHttpPort: 0,
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  defaultDestinationRuleExportTo: ['*'],
};

/** Defaults of istio pkg/config/mesh/mesh.go filled in; `raw` is the merged object for what is only passed on. */
export type MeshConfig = Shape<typeof meshConfig> &
  typeof defaults & {
    raw: JsonObject;
    /** What somebody wrote, without what an installation sets anyway. */
    written?: JsonObject;
  };

/** What `istioctl install` with the default profile sets (istiod-golden/README.md, Settings). */
export const installDefaults: JsonObject = {
  defaultConfig: { discoveryAddress: 'istiod.istio-system.svc:15012' },
  defaultProviders: { metrics: ['prometheus'] },
  enablePrometheusMerge: true,
  rootNamespace: 'istio-system',
  trustDomain: 'cluster.local',
};

/** Install profiles of istioctl that differ in what proxies are sent. */
export type Profile = 'default' | 'ambient';

/** What the profile `ambient` adds (istio manifests/profiles/ambient, istiod-golden/README.md). */
export const ambientDefaults: JsonObject = {
  defaultConfig: { image: { imageType: 'distroless' }, proxyMetadata: { ISTIO_META_ENABLE_HBONE: 'true' } },
  serviceScopeConfigs: [
    {
      scope: 'GLOBAL',
      servicesSelector: { matchExpressions: [{ key: 'istio.io/global', operator: 'In', values: ['true'] }] },
    },
  ],
};

const builtIn: JsonObject = {
  outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
  inboundTrafficPolicy: { mode: 'PASSTHROUGH' },
  localityLbSetting: { enabled: true },
  extensionProviders: [
    { name: 'prometheus', prometheus: {} },
    { name: 'stackdriver', stackdriver: {} },
    { name: 'envoy', envoyFileAccessLog: { path: '/dev/stdout' } },
  ],
};

/** A mesh config over istiod's own defaults. Wrongly typed fields become problems and keep their defaults. */
export function readMeshConfig(raw: JsonObject, problems: Problem[] = []): MeshConfig {
  const merged = merge(builtIn, raw);
  const read = meshConfig(merged, '', {
    keep: () => {},
    report: (path, expected) =>
      problems.push({ what: `mesh config: ${path} is not ${expected}`, fix: `write ${expected} there` }),
  });
  return { ...defaults, ...read, raw: merged };
}

/** The settings of a default installation with `overrides` (a `--mesh-config` file, a ConfigMap's `mesh`) over them. */
export const installedMeshConfig = (
  overrides: JsonObject = {},
  problems: Problem[] = [],
  profile: Profile = 'default',
): MeshConfig => {
  const installed = profile === 'ambient' ? merge(installDefaults, ambientDefaults) : installDefaults;
  return { ...readMeshConfig(merge(installed, overrides), problems), written: overrides };
};

/** Reads YAML text of a mesh config. */
export function parseMeshConfig(text: string, problems: Problem[] = []): JsonObject {
  try {
    const value: unknown = parse(text);
    if (value === null || value === undefined) return {};
    if (isObject(value)) return value;
    problems.push({
      what: 'the mesh config is not an object',
      fix: 'write fields such as `trustDomain: cluster.local`',
    });
  } catch (error) {
    problems.push({ what: `the mesh config is not YAML: ${(error as Error).message}`, fix: 'correct the syntax' });
  }
  return {};
}

/**
 * As istiod merges its layers (ApplyMeshConfig in istio pkg/config/mesh/mesh.go): each field replaces the one below, except
 * defaultConfig and defaultProviders (field by field), proxyMetadata (key by key) and extensionProviders (by name).
 */
function merge(base: JsonObject, over: JsonObject): JsonObject {
  const out: JsonObject = { ...base, ...over };
  const [config, changed] = [base.defaultConfig, over.defaultConfig];
  if (isObject(config) && isObject(changed)) out.defaultConfig = mergeProxyConfig(config, changed);
  else out.defaultConfig = changed ?? config;
  out.defaultProviders = isObject(base.defaultProviders)
    ? { ...base.defaultProviders, ...(isObject(over.defaultProviders) ? over.defaultProviders : {}) }
    : over.defaultProviders;
  const before = Array.isArray(base.extensionProviders) ? base.extensionProviders.filter(isObject) : [];
  const added = Array.isArray(over.extensionProviders) ? over.extensionProviders.filter(isObject) : [];
  const byName = new Map([...before, ...added].map((p) => [p.name, p]));
  out.extensionProviders = [...byName.values()];
  return out;
}
