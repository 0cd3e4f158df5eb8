import type { JsonObject } from '../../json.ts';
import { compareText } from '../model/config.ts';
import { present, some, typed } from './any.ts';
import { originOfSpec, type ProxyContext } from './context.ts';
import type { TrafficDirection } from './filter/filter.ts';
import { providerOrigin } from './mesh-origins.ts';
import { modeOf, providerNamed, telemetriesOf } from './telemetry/applicable.ts';
import { meshFormat } from './telemetry/log-formats.ts';
import { allPeers, commonConfig, fileLog, grpcLog, providerLog } from './telemetry/log-providers.ts';
import { type LoggingSpec, mergeLogs } from './telemetry/merge-logs.ts';

/** What writes the log. */
export type LogOwner = 'http' | 'tcp' | 'listener' | 'origination' | 'termination';

/** Logs of connection managers and TCP proxies (istio pilot/pkg/networking/core/accesslog.go): as Telemetry says, else as the mesh config. */
export function accessLogs(
  context: ProxyContext,
  { direction = 'outbound', owner = 'tcp' }: { direction?: TrafficDirection; owner?: LogOwner } = {},
): JsonObject[] | undefined {
  const key = `accessLogs ${direction} ${owner}`;
  const known = context.shared.get(key) ?? fromTelemetry(context, direction, owner) ?? fromMesh(context, owner);
  context.shared.set(key, known);
  return some(known);
}

/** Of a listener: only connections that no filter chain matched, which no other log has. */
export function listenerAccessLogs(
  context: ProxyContext,
  direction: TrafficDirection = 'outbound',
): JsonObject[] | undefined {
  return context.mesh.disableEnvoyListenerLog ? undefined : accessLogs(context, { direction, owner: 'listener' });
}

/** Some log only what no other log has: connections that no chain took, tunnels that could not be made, or were refused. */
const conditions: { [owner in LogOwner]?: JsonObject } = {
  listener: { responseFlagFilter: { flags: ['NR'] } },
  origination: { responseFlagFilter: { flags: ['UF'] } },
  termination: {
    statusCodeFilter: { comparison: { op: 'GE', value: { defaultValue: 400, runtimeKey: 'istio.io/unset' } } },
  },
};

/** Undefined where Telemetry and the default providers ask for nothing that can be made: then the mesh config's file is written. */
function fromTelemetry(context: ProxyContext, direction: TrafficDirection, owner: LogOwner): JsonObject[] | undefined {
  const { mesh } = context;
  const levels = telemetriesOf(context).flatMap(({ spec }) => (spec.accessLogging?.length ? [spec.accessLogging] : []));
  const merged = mergeLogs(levels, mesh.defaultProviders?.accessLogging ?? [], modeOf(direction));
  const logs = [...merged].flatMap(([name, spec]) => {
    const provider = providerNamed(mesh, name);
    const log = provider && providerLog(context, String(provider.name), provider);
    context.origins.mark(log, providerOrigin(context.snapshot, provider?.name), 'typedConfig');
    return log ? [{ name: String(provider.name), log: filtered(context, log, { spec, owner }), spec }] : [];
  });
  if (logs.length === 0) return undefined;
  return logs
    .sort((a, b) => compareText(a.name, b.name))
    .filter(({ spec }) => !spec.disabled)
    .map(({ log }) => log);
}

/** With the conditions of its owner and of the Telemetry. */
function filtered(
  context: ProxyContext,
  log: JsonObject,
  { spec, owner }: { spec: LoggingSpec; owner: LogOwner },
): JsonObject {
  const filters = [...present([conditions[owner]]), ...(spec.filter === undefined ? [] : [cel(spec.filter)])];
  const conditional: JsonObject = { ...log, filter: filters.length > 1 ? { andFilter: { filters } } : filters[0] };
  const out = context.origins.copied(log, conditional);
  context.origins.mark(out, originOfSpec(context, spec.rule));
  return out;
}

const cel = (expression: string): JsonObject => ({
  extensionFilter: {
    name: 'envoy.access_loggers.extension_filters.cel',
    typedConfig: typed('envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter', {
      expression: expression || undefined,
    }),
  },
});

/** accessLogFile, and the service of the bootstrap's making that enableEnvoyAccessLogService turns on. */
function fromMesh({ mesh }: ProxyContext, owner: LogOwner): JsonObject[] {
  const filter = conditions[owner] ? { filter: conditions[owner] } : {};
  const logs = mesh.accessLogFile ? [fileLog(mesh.accessLogFile, meshFormat(mesh))] : [];
  if (mesh.enableEnvoyAccessLogService && owner !== 'origination' && owner !== 'termination') {
    const name = { http: 'http_envoy_accesslog', tcp: 'tcp_envoy_accesslog', listener: 'listener_envoy_accesslog' };
    const service = { envoyGrpc: { clusterName: 'envoy_accesslog_service' } };
    const config = { commonConfig: commonConfig(name[owner], service, allPeers) };
    logs.push(grpcLog(owner === 'http' ? 'http' : 'tcp', config));
  }
  return logs.map((log) => ({ ...log, ...filter }));
}
