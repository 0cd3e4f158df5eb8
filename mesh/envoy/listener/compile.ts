import type { JsonObject } from '../../json.ts';
import { readHcm } from '../hcm/config.ts';
import { ConnectionManager } from '../hcm/connection-manager.ts';
import { FilterChain, type FilterRegistry } from '../hcm/filter-chain.ts';
import type { ManagerSetting } from '../hcm/stream-manager.ts';
import { notInterpreted } from '../match/unsupported.ts';
import { has, object, objects, text, typeOf } from '../runtime/proto.ts';
import { compileView, type MetricView } from '../stats/view.ts';
import { readTcpProxy } from '../tcp/tcp-proxy.ts';
import { compileDownstreamTls } from '../tls/contexts.ts';
import type { Secrets } from '../tls/secrets.ts';
import type { FilterContext, LogSource, NetworkFilter, NetworkFilterFactory, RouteTable } from '../types.ts';
import { readChainMatch } from './chain-match.ts';
import { compileChainMatcher } from './chain-matcher.ts';
import { compileInspectors } from './inspectors.ts';
import { type CompiledChain, Listener, type ListenerSetting } from './listener.ts';

const hcmType = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const tcpType = 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';

/** Without effect on what is simulated: metrics and metadata of Istio's own filters. */
const transparent = new Set(['stats.PluginConfig', 'envoy.tcp.metadataexchange.config.MetadataExchange']);

export interface ListenerCompiling {
  setting: ListenerSetting & ManagerSetting;
  context: FilterContext;
  secrets: Secrets;
  httpFilters: FilterRegistry;
  networkFilters: ReadonlyMap<string, NetworkFilterFactory>;
  /** Access logs of a message with `accessLog`. */
  logs(config: JsonObject, pointer: string): readonly ((source: LogSource) => void)[];
  /** Istio's metrics, for filter chains with istio.stats. */
  metrics(view: MetricView): (source: LogSource) => void;
  /** A route table by RDS name, as it stands when called. */
  rds(name: string): () => RouteTable | undefined;
  /** Compiles an inline route configuration. */
  routes(config: JsonObject, pointer: string): RouteTable;
}

/** Compiles envoy.config.listener.v3.Listener. Throws a ProblemError when Envoy would refuse it. */
export function compileListener(json: JsonObject, pointer: string, compiling: ListenerCompiling): Listener {
  const chains = objects(json, 'filterChains').map((c, i) =>
    compileChain(c, { listener: json, pointer: `${pointer}/filterChains/${i}` }, compiling),
  );
  const otherwise = has(json, 'defaultFilterChain')
    ? compileChain(
        object(json, 'defaultFilterChain'),
        { listener: json, pointer: `${pointer}/defaultFilterChain` },
        compiling,
      )
    : undefined;
  return new Listener(
    {
      json,
      pointer,
      chains,
      matcher: has(json, 'filterChainMatcher')
        ? compileChainMatcher(object(json, 'filterChainMatcher'), {
            pointer: `${pointer}/filterChainMatcher`,
            report: compiling.context.report,
          })
        : undefined,
      otherwise,
      inspectors: compileInspectors(json, { pointer, report: compiling.context.report }),
      log: all(compiling.logs(json, pointer)),
      noChain: compiling.setting.stats.counter(`listener.${text(json, 'name')}.no_filter_chain_match`),
      connections: compiling.setting.stats.counter(`listener.${text(json, 'name')}.downstream_cx_total`),
    },
    compiling.setting,
  );
}

function compileChain(
  json: JsonObject,
  at: { listener: JsonObject; pointer: string },
  compiling: ListenerCompiling,
): CompiledChain {
  const { secrets, setting } = compiling;
  const socket = object(json, 'transportSocket', 'typedConfig');
  const isTls = typeOf(socket) === 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
  const filters = objects(json, 'filters').map((f, i) => ({ json: f, pointer: `${at.pointer}/filters/${i}` }));
  const last = filters[filters.length - 1];
  return {
    name: text(json, 'name'),
    pointer: at.pointer,
    match: readChainMatch(object(json, 'filterChainMatch')),
    tls: isTls
      ? compileDownstreamTls(socket, { secrets, clock: setting.clock, pointer: `${at.pointer}/transportSocket` })
      : undefined,
    filters: filters.slice(0, -1).flatMap((f) => compileNetworkFilter(f, compiling) ?? []),
    end: last
      ? compileEnd(last, { listener: at.listener, counted: metricsOf(filters, compiling) }, compiling)
      : { kind: 'none' },
  };
}

function compileNetworkFilter(
  { json, pointer }: { json: JsonObject; pointer: string },
  compiling: ListenerCompiling,
): NetworkFilter | undefined {
  const typed = object(json, 'typedConfig');
  const type = typeOf(typed);
  const factory = compiling.networkFilters.get(type);
  const name = text(json, 'name');
  if (factory)
    return factory.compile(typed, { name, statPrefix: text(typed, 'statPrefix'), context: compiling.context, pointer });
  if (!transparent.has(type)) compiling.context.report(notInterpreted(`network filter ${name} (${type})`, pointer));
  return undefined;
}

function compileEnd(
  { json, pointer }: { json: JsonObject; pointer: string },
  { listener, counted }: { listener: JsonObject; counted: Logs },
  compiling: ListenerCompiling,
): CompiledChain['end'] {
  const typed = object(json, 'typedConfig');
  const at = `${pointer}/typedConfig`;
  if (typeOf(typed) === hcmType)
    return {
      kind: 'http',
      manager: compileManager(typed, { pointer: at, direction: text(listener, 'trafficDirection') }, compiling),
    };
  if (typeOf(typed) === tcpType)
    return {
      kind: 'tcp',
      proxy: readTcpProxy(typed),
      log: all([...compiling.logs(typed, at), ...counted]),
    };
  compiling.context.report(notInterpreted(`network filter ${text(json, 'name')} (${typeOf(typed)})`, pointer));
  return { kind: 'none' };
}

function compileManager(
  json: JsonObject,
  at: { pointer: string; direction: string },
  compiling: ListenerCompiling,
): ConnectionManager {
  const config = readHcm(json, at.direction);
  const statPrefix = `http.${config.statPrefix}.`;
  const chain = new FilterChain(json, {
    registry: compiling.httpFilters,
    context: compiling.context,
    statPrefix,
    pointer: at.pointer,
  });
  const inline = has(json, 'routeConfig')
    ? compiling.routes(object(json, 'routeConfig'), `${at.pointer}/routeConfig`)
    : undefined;
  const routes = inline ? () => inline : compiling.rds(text(object(json, 'rds'), 'routeConfigName'));
  const filters = objects(json, 'httpFilters').map((f, i) => ({ json: f, pointer: `${at.pointer}/httpFilters/${i}` }));
  const logs = [...compiling.logs(json, at.pointer), ...metricsOf(filters, compiling)];
  return new ConnectionManager(
    { config, chain, routes, logs, pointer: at.pointer },
    { ...compiling.setting, suppressEnvoyHeaders: config.suppressEnvoyHeaders },
  );
}

const all =
  (logs: readonly ((source: LogSource) => void)[]) =>
  (source: LogSource): void => {
    for (const log of logs) log(source);
  };

type Logs = readonly ((source: LogSource) => void)[];

/** Istio's metrics once for each istio.stats among the filters. */
const metricsOf = (filters: readonly { json: JsonObject; pointer: string }[], compiling: ListenerCompiling): Logs =>
  filters.flatMap(({ json, pointer }) => {
    const config = object(json, 'typedConfig');
    if (typeOf(config) !== 'stats.PluginConfig') return [];
    return [compiling.metrics(compileView(config, { pointer, report: compiling.context.report }))];
  });
