import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Proxy as MeshProxy } from '../../../istiod/proxy.ts';
import type { XdsConfig } from '../../../istiod/xds/types.ts';
import type { JsonObject } from '../../../json.ts';
import { unpackGolden } from './unpack.ts';

/** Measured output of istiod. */
const folder = resolve(import.meta.dirname, '../../../../test/golden/istiod');

export interface GoldenProxy {
  scenario: string;
  proxy: MeshProxy;
  config: XdsConfig;
}

/** All Envoy proxies of the golden data, or those of one scenario (`a02`). */
export function goldenProxies(scenario = ''): GoldenProxy[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(scenario))
    .map((entry) => entry.name)
    .sort()
    .flatMap((name) =>
      [...unpackGolden(readFileSync(join(folder, name, 'expected.json'), 'utf8')).values()]
        .filter((content): content is JsonObject & GoldenFile => 'listeners' in content)
        .map((content) => ({ scenario: name, proxy: toProxy(content.node), config: toConfig(content) })),
    );
}

interface GoldenFile {
  node: { id: string; metadata: JsonObject };
  listeners: JsonObject[];
  routes: JsonObject[];
  clusters: JsonObject[];
  endpoints: JsonObject[];
  extensionConfigs?: JsonObject[];
}

function toProxy({ id, metadata }: GoldenFile['node']): MeshProxy {
  const [type = '', ip = '', pod = ''] = id.split('~');
  const [name = '', namespace = ''] = pod.split('.');
  const labels = metadata.LABELS as { [key: string]: string };
  return {
    id,
    type: type as MeshProxy['type'],
    ip,
    name,
    namespace,
    labels,
    metadata,
    serviceAccount: String(metadata.SERVICE_ACCOUNT),
  };
}

/** The key that istiod makes up when it cannot fetch one is a placeholder in the golden data (its README). */
function toConfig(file: GoldenFile): XdsConfig {
  const key = JSON.stringify(JSON.stringify({ keys: [{ kty: 'oct', kid: 'golden', k: 'Z29sZGVu' }] })).slice(1, -1);
  const text = JSON.stringify(file).replaceAll('RANDOM-KEY-GENERATED-BY-ISTIOD', key);
  const { listeners, routes, clusters, endpoints, extensionConfigs = [] } = JSON.parse(text) as GoldenFile;
  return { listeners, routes, clusters, endpoints, extensionConfigs, secrets: [], problems: [], origins: new Map() };
}
