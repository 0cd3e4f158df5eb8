import type { JsonObject } from '../json.ts';
import { describeCluster, describeMatch } from './describe.ts';
import { object, objects, text, texts } from './entry.ts';

export const HTTP = 'envoy.filters.network.http_connection_manager';
export const TCP = 'envoy.filters.network.tcp_proxy';

export const isBlackHole = (filter: JsonObject): boolean =>
  JSON.stringify(filter.typedConfig ?? {}).includes('BlackHoleCluster');

/** Where a filter chain leads (getFilterType in istioctl pkg/writer/envoy/configdump/listener.go). */
export function destination(filters: readonly JsonObject[]): string {
  for (const filter of filters) {
    const config = object(filter.typedConfig);
    if (filter.name === HTTP) {
      if (config.routeConfig !== undefined) return inlineRoutes(object(config.routeConfig));
      const name = text(object(config.rds).routeConfigName);
      return name === '' ? 'HTTP' : `Route: ${name}`;
    }
    if (filter.name === TCP && !isBlackHole(filter)) return describeCluster(text(config.cluster));
  }
  return 'Non-HTTP/Non-TCP';
}

function inlineRoutes(config: JsonObject): string {
  const hosts = objects(config.virtualHosts);
  const only = onlyCluster(hosts);
  if (only !== undefined) return describeCluster(only);
  const described = hosts.map((host) => {
    const domains = texts(host.domains);
    const routes = objects(host.routes).map((route) => describeMatch(object(route.match)));
    const wild = domains.length === 1 && domains[0] === '*';
    return [...(wild || domains.length === 0 ? [] : [domains.join('/')]), routes.join(', ')].join(' ');
  });
  return `Inline Route: ${described.join('; ')}`;
}

/** The cluster that all requests go to, if there is only that (getMatchAllCluster). */
function onlyCluster(hosts: readonly JsonObject[]): string | undefined {
  const [host, ...otherHosts] = hosts;
  const [route, ...otherRoutes] = objects(host?.routes);
  if (!host || !route || otherHosts.length + otherRoutes.length > 0) return undefined;
  if (texts(host.domains).join() !== '*' || object(route.match).prefix !== '/') return undefined;
  const { cluster } = object(route.route);
  return typeof cluster === 'string' ? cluster : undefined;
}
