import type { JsonObject } from '../../json.ts';
import { durationText, parseDuration } from '../model/duration.ts';
import { isHttp2, type Protocol } from '../model/protocol.ts';
import type { Service } from '../model/service.ts';
import { accessLogs } from './access-log.ts';
import { ads, flag, positive, text, typed } from './any.ts';
import { connectionSettings, withConnectionSettings } from './connection-settings.ts';
import type { ProxyContext } from './context.ts';
import { isDynamic } from './dynamic-dns/dynamic-dns.ts';
import { extensionsOf } from './filter/extensions.ts';
import type { TrafficDirection } from './filter/filter.ts';
import { httpFilters } from './filter/table.ts';
import { tracingFields } from './tracing.ts';

export interface HttpOptions {
  direction: TrafficDirection;
  protocol: Protocol;
  /** Of the service (clients) or of the workload (servers). */
  port?: number;
  /** The service that the listener was made for. */
  service?: Service;
  /** It comes out of a tunnel. */
  hbone?: boolean;
  /** It is sent to the proxy on purpose (meshConfig.proxyHttpPort). */
  explicitProxy?: boolean;
  statPrefix: string;
  /** Name of a route configuration to fetch, or one that stands here. */
  routes: string | JsonObject;
}

/** The network filter that speaks HTTP (buildHTTPConnectionManager in istio pilot/pkg/networking/core/listener_builder.go). */
export function httpConnectionManager(context: ProxyContext, options: HttpOptions): JsonObject {
  const manager = withConnectionSettings(fieldsOf(context, options), connectionSettings(context));
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typedConfig: typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', manager),
  };
}

const fieldsOf = (context: ProxyContext, options: HttpOptions): JsonObject => ({
  ...(options.direction === 'inbound' ? inboundFields(context, options) : {}),
  ...(options.direction === 'gateway' ? gatewayFields(context) : {}),
  ...headerFields(context, options.direction),
  ...normalization(context),
  accessLog: accessLogs(context, { direction: options.direction, owner: 'http' }),
  commonHttpProtocolOptions: idleTimeout(context),
  httpFilters: sharedFilters(context, options),
  httpProtocolOptions: http1Options(context) ?? (options.direction === 'gateway' ? {} : undefined),
  proxy100Continue: true,
  ...(typeof options.routes === 'string'
    ? { rds: { configSource: ads, routeConfigName: options.routes } }
    : { routeConfig: options.routes }),
  statPrefix: options.statPrefix,
  streamIdleTimeout: '0s',
  ...sharedTracing(context, options.direction),
  upgradeConfigs: [{ upgradeType: 'websocket' }],
  // The first proxy of the mesh knows who the client is.
  useRemoteAddress: options.direction === 'gateway',
});

/** Filters differ only by direction and by whether the port speaks gRPC-Web; a mesh has thousands of managers. */
function sharedFilters(
  context: ProxyContext,
  { direction, protocol, port, hbone, explicitProxy, service }: HttpOptions,
): JsonObject[] {
  const byPort = extensionsOf(context).length > 0 ? port : undefined;
  const key = `httpFilters ${direction} ${protocol === 'GRPC-Web'} ${byPort} ${hbone} ${explicitProxy} ${service && isDynamic(service) ? service.hostname : ''}`;
  const filters =
    context.shared.get(key) ?? httpFilters({ context, direction, protocol, port, hbone, explicitProxy, service });
  context.shared.set(key, filters);
  return filters;
}

function sharedTracing(context: ProxyContext, direction: TrafficDirection): JsonObject {
  const key = `tracing ${direction}`;
  const built = context.shared.get(key)?.[0] ?? tracingFields(context, direction);
  context.shared.set(key, [built]);
  return built;
}

export function forwardedClientCert({ proxyConfig }: Pick<ProxyContext, 'proxyConfig'>): string | undefined {
  const forwarded = proxyConfig.proxyHeaders?.forwardedClientCert;
  if (forwarded === 'SANITIZE') return undefined;
  return forwarded && forwarded !== 'UNDEFINED' ? forwarded : 'APPEND_FORWARD';
}

/** A server tells its application who called: x-forwarded-client-cert. */
function inboundFields({ proxyConfig }: ProxyContext, { protocol }: HttpOptions): JsonObject {
  const details = proxyConfig.proxyHeaders?.setCurrentClientCertDetails;
  return {
    forwardClientCertDetails: forwardedClientCert({ proxyConfig }),
    setCurrentClientCertDetails: {
      subject: details?.subject ?? true,
      uri: flag(details?.uri ?? true),
      dns: flag(details?.dns ?? true),
      cert: flag(details?.cert),
      chain: flag(details?.chain),
    },
    http2ProtocolOptions: isHttp2(protocol) ? {} : undefined,
  };
}

/** What a gateway says about its clients (buildGatewayConnectionManager); ProxyHeaders have no say in it. */
function gatewayFields({ proxyConfig }: ProxyContext): JsonObject {
  const topology = proxyConfig.gatewayTopology;
  const given = topology?.forwardClientCertDetails;
  const forwarded = given && given !== 'UNDEFINED' ? given : 'SANITIZE_SET';
  const sets = forwarded === 'APPEND_FORWARD' || forwarded === 'SANITIZE_SET';
  return {
    forwardClientCertDetails: forwarded === 'SANITIZE' ? undefined : forwarded,
    setCurrentClientCertDetails: sets ? { cert: true, dns: true, subject: true, uri: true } : undefined,
    xffNumTrustedHops: positive(topology?.numTrustedProxies),
  };
}

/** Clients answer as "envoy" (Envoy's default), servers and gateways as "istio-envoy" (GetProxyHeaders). */
export function headerFields({ proxyConfig }: ProxyContext, direction: TrafficDirection): JsonObject {
  const headers = proxyConfig.proxyHeaders;
  const standard = direction === 'outbound' ? '' : 'istio-envoy';
  const hidden = headers?.server?.disabled;
  return {
    appendXForwardedPort: flag(headers?.xForwardedPort?.enabled),
    generateRequestId: headers?.requestId?.disabled ? false : undefined,
    serverHeaderTransformation: hidden ? 'PASS_THROUGH' : undefined,
    serverName: hidden ? undefined : text(headers?.server?.value || standard),
  };
}

function normalization({ mesh }: ProxyContext): JsonObject {
  const mode = mesh.pathNormalization?.normalization;
  const merging = mode === 'MERGE_SLASHES' || mode === 'DECODE_AND_MERGE_SLASHES';
  return {
    mergeSlashes: flag(merging),
    normalizePath: mode !== 'NONE',
    pathWithEscapedSlashesAction: mode === 'DECODE_AND_MERGE_SLASHES' ? 'UNESCAPE_AND_FORWARD' : 'KEEP_UNCHANGED',
  };
}

/** ISTIO_META_IDLE_TIMEOUT of the proxy, as protojson has it. */
export const metadataIdleTimeout = ({ proxy }: ProxyContext): string | undefined =>
  durationText(parseDuration(String(proxy.metadata.IDLE_TIMEOUT ?? '')));

function idleTimeout(context: ProxyContext): JsonObject | undefined {
  const timeout = metadataIdleTimeout(context);
  return timeout === undefined ? undefined : { idleTimeout: timeout };
}

export const preserveCase: JsonObject = {
  headerKeyFormat: {
    statefulFormatter: {
      name: 'preserve_case',
      typedConfig: typed('envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig'),
    },
  },
};

function http1Options({ proxy, proxyConfig }: ProxyContext): JsonObject | undefined {
  const http10 = proxy.metadata.HTTP10 === '1';
  const preserve = proxyConfig.proxyHeaders?.preserveHttp1HeaderCase;
  if (!http10 && !preserve) return undefined;
  return { acceptHttp10: flag(http10), ...(preserve ? preserveCase : {}) };
}
