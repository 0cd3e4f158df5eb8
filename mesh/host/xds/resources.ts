import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../../json.ts';
import type { ProxyStatus } from '../../kube/proxy-admin.ts';
import type { LocalConfig } from '../localise/place.ts';
import { forEachObject } from '../localise/walk.ts';

/** The types of REST xDS by the last part of their path (`/v3/discovery:clusters`). */
export type XdsType = 'clusters' | 'endpoints' | 'listeners' | 'routes' | 'secrets' | 'extension_configs';

interface TypeInfo {
  message: string;
  /** The field of ProxyStatus that tells of it. */
  status?: Exclude<keyof ProxyStatus, 'rejections'>;
  /** LDS and CDS send all resources, the others the named ones. */
  wildcard: boolean;
  of(config: LocalConfig): JsonObject[];
}

export const xdsTypes: { [type in XdsType]: TypeInfo } = {
  clusters: {
    message: 'envoy.config.cluster.v3.Cluster',
    status: 'clusters',
    wildcard: true,
    of: (config) => config.clusters,
  },
  endpoints: {
    message: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
    status: 'endpoints',
    wildcard: false,
    of: (config) => config.endpoints,
  },
  listeners: {
    message: 'envoy.config.listener.v3.Listener',
    status: 'listeners',
    wildcard: true,
    of: (config) => config.listeners,
  },
  routes: {
    message: 'envoy.config.route.v3.RouteConfiguration',
    status: 'routes',
    wildcard: false,
    of: (config) => config.routes,
  },
  secrets: {
    message: 'envoy.extensions.transport_sockets.tls.v3.Secret',
    wildcard: false,
    of: () => [],
  },
  extension_configs: {
    message: 'envoy.config.core.v3.TypedExtensionConfig',
    wildcard: false,
    of: (config) => config.extensionConfigs,
  },
};

export const isXdsType = (value: string): value is XdsType => Object.hasOwn(xdsTypes, value);

/** What one subscription is answered: the DiscoveryResponse as text and the hash of its resources as version. */
export interface Answer {
  version: string;
  body: string;
}

export function answer(type: XdsType, resources: JsonObject[]): Answer {
  const typed = resources.map((resource) => ({
    '@type': `type.googleapis.com/${xdsTypes[type].message}`,
    ...resource,
  }));
  const version = createHash('sha256').update(JSON.stringify(typed)).digest('base64url').slice(0, 12);
  return { version, body: JSON.stringify({ version_info: version, resources: typed }) };
}

/** A configuration prepared for answering; each part is serialised once, when it is first asked for. */
export class Prepared {
  readonly config: LocalConfig;
  #endpointNames: readonly string[] | undefined;
  #routeNames: readonly string[] | undefined;
  readonly #answers = new Map<string, Answer | undefined>();

  constructor(config: LocalConfig) {
    this.config = config;
  }

  /**
   * Undefined when a named resource does not exist. A cluster without endpoints gets an empty assignment; a cluster that
   * is gone gets none, because Envoy drops its subscription without a word.
   */
  answer(type: XdsType, name: string): Answer | undefined {
    const key = `${type} ${name}`;
    if (!this.#answers.has(key)) this.#answers.set(key, this.#make(type, name));
    return this.#answers.get(key);
  }

  #make(type: XdsType, name: string): Answer | undefined {
    const all = xdsTypes[type].of(this.config);
    if (xdsTypes[type].wildcard) return answer(type, all);
    const found = all.find((resource) => (resource.name ?? resource.clusterName) === name);
    if (found !== undefined) return answer(type, [found]);
    return type === 'endpoints' && this.endpointNames.includes(name)
      ? answer(type, [{ clusterName: name }])
      : undefined;
  }

  /** Names that the proxy will ask for once it has taken this configuration. */
  get endpointNames(): readonly string[] {
    this.#endpointNames ??= this.config.clusters
      .filter((cluster) => cluster.type === 'EDS')
      .map((cluster) => {
        const eds = isObject(cluster.edsClusterConfig) ? cluster.edsClusterConfig : {};
        return String(eds.serviceName ?? cluster.name);
      });
    return this.#endpointNames;
  }

  get routeNames(): readonly string[] {
    this.#routeNames ??= this.#namedRoutes();
    return this.#routeNames;
  }

  #namedRoutes(): string[] {
    const names = new Set<string>();
    forEachObject(this.config.listeners, (object) => {
      if (isObject(object.rds)) names.add(String(object.rds.routeConfigName));
    });
    return [...names];
  }
}
