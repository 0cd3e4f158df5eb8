import { isObject, type Json, type JsonObject } from '../../json.ts';
import type { Pod } from '../ingest/pod.ts';
import { mergeProxyConfig } from '../model/proxy-config.ts';
import { annotated } from './proxy-configs.ts';
import type { Snapshot } from './snapshot.ts';

/** istiod's own defaults of ProxyConfig (istio pkg/config/mesh/mesh.go, DefaultProxyConfig). */
const defaults: JsonObject = {
  binaryPath: '/usr/local/bin/envoy',
  configPath: './etc/istio/proxy',
  controlPlaneAuthPolicy: 'MUTUAL_TLS',
  discoveryAddress: 'istiod.istio-system.svc:15012',
  drainDuration: '45s',
  proxyAdminPort: 15000,
  serviceCluster: 'istio-proxy',
  statNameLength: 189,
  statusPort: 15020,
};

/**
 * The ProxyConfig that the agent of a pod starts with: the defaults, what injection wrote into its environment, its annotation
 * (ConstructProxyConfig in istio pilot/cmd/pilot-agent/config/config.go). A pod that nobody injected is taken as injected now.
 */
export function proxyConfigOf(pod: Pod | undefined, snapshot: Snapshot): JsonObject {
  const injected = pod && injectedConfig(pod);
  const effective = injected ?? (pod ? snapshot.proxyConfigs.effective(pod) : snapshot.mesh.raw.defaultConfig);
  const base = isObject(effective) ? mergeProxyConfig(defaults, effective) : defaults;
  const own = pod && annotated(pod.annotations);
  return own ? mergeProxyConfig(base, own) : base;
}

function injectedConfig({ spec }: Pod): JsonObject | undefined {
  const proxy = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].find((c) => c.name === 'istio-proxy');
  const text = proxy?.env?.find((e) => e.name === 'PROXY_CONFIG')?.value;
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Variables ISTIO_META_X of the agent are its metadata X (istio pkg/bootstrap/config.go, extractAttributesMetadata). */
export function environmentMetadata(config: JsonObject): JsonObject {
  const variables = isObject(config.proxyMetadata) ? Object.entries(config.proxyMetadata) : [];
  const prefix = 'ISTIO_META_';
  const metadata = variables
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]): [string, Json] => [name.slice(prefix.length), value ?? '']);
  const { ENABLE_HBONE: tunnel, ...rest } = Object.fromEntries(metadata);
  return { ...rest, ...(tunnel === 'true' ? { ENABLE_HBONE: true } : {}) };
}
