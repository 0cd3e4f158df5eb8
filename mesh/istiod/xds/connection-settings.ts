import { isObject, type JsonObject } from '../../json.ts';
import type { MeshConfig, ProxyConfig } from '../mesh-config.ts';
import { durationText } from '../model/duration.ts';
import type { ProxyContext } from './context.ts';

export type ConnectionSettings = NonNullable<ProxyConfig['connectionSettings']>;

const HOUR = 3600e9;
const MINUTE = 60e9;

/** What the profile EDGE sets for gateways where nothing else is said: Envoy's advice for proxies at the edge. */
const edge: ConnectionSettings = {
  listenerPerConnectionBufferLimitBytes: 32768,
  httpIdleTimeout: HOUR,
  httpStreamIdleTimeout: 5 * MINUTE,
  httpRequestTimeout: 5 * MINUTE,
  httpRequestHeadersTimeout: MINUTE,
  httpMaxConcurrentStreams: 100,
  http2InitialStreamWindowSize: 65536,
  http2InitialConnectionWindowSize: 1048576,
  httpHeadersWithUnderscoresAction: 'HEADERS_WITH_UNDERSCORES_REJECT_REQUEST',
  httpMergeSlashes: true,
  httpPathWithEscapedSlashesAction: 'UNESCAPE_AND_REDIRECT',
};

/** The proxy's own settings, else the mesh's (resolveConnectionSettings in istio networking/core/connection_settings.go). */
export function connectionSettings({
  proxy,
  proxyConfig,
  mesh,
}: Pick<ProxyContext, 'proxy' | 'proxyConfig'> & { mesh: MeshConfig }): ConnectionSettings | undefined {
  const own = proxyConfig.connectionSettings ?? mesh.defaultConfig?.connectionSettings;
  return own?.profile === 'EDGE' && proxy.type === 'router' ? { ...edge, ...own } : own;
}

/** A connection manager with these settings over what it had (applyConnectionSettingsToHCM). */
export function withConnectionSettings(manager: JsonObject, settings: ConnectionSettings | undefined): JsonObject {
  if (!settings) return manager;
  const common = {
    ...(isObject(manager.commonHttpProtocolOptions) ? manager.commonHttpProtocolOptions : {}),
    ...present({
      headersWithUnderscoresAction: underscores[settings.httpHeadersWithUnderscoresAction ?? ''],
      idleTimeout: durationText(settings.httpIdleTimeout),
      maxConnectionDuration: durationText(settings.httpMaxConnectionDuration),
      maxStreamDuration: durationText(settings.httpMaxStreamDuration),
    }),
  };
  const http2 = present({
    initialConnectionWindowSize: size(settings.http2InitialConnectionWindowSize),
    initialStreamWindowSize: size(settings.http2InitialStreamWindowSize),
    maxConcurrentStreams: size(settings.httpMaxConcurrentStreams),
  });
  const slashes = settings.httpPathWithEscapedSlashesAction;
  return {
    ...manager,
    ...present({
      commonHttpProtocolOptions: Object.keys(common).length > 0 ? common : undefined,
      drainTimeout: durationText(settings.httpDrainTimeout),
      http2ProtocolOptions:
        Object.keys(http2).length > 0
          ? { ...(isObject(manager.http2ProtocolOptions) ? manager.http2ProtocolOptions : {}), ...http2 }
          : undefined,
      pathWithEscapedSlashesAction: slashes && !slashes.endsWith('_UNSPECIFIED') ? slashes : undefined,
      requestHeadersTimeout: durationText(settings.httpRequestHeadersTimeout),
      requestTimeout: durationText(settings.httpRequestTimeout),
      streamIdleTimeout: durationText(settings.httpStreamIdleTimeout),
    }),
    ...(settings.httpMergeSlashes === undefined ? {} : { mergeSlashes: settings.httpMergeSlashes || undefined }),
  };
}

/** ALLOW is Envoy's default, and left out. */
const underscores: { [action: string]: string } = {
  HEADERS_WITH_UNDERSCORES_REJECT_REQUEST: 'REJECT_REQUEST',
  HEADERS_WITH_UNDERSCORES_DROP_HEADER: 'DROP_HEADER',
};

const size = (value: number | undefined): number | undefined => (value !== undefined && value >= 0 ? value : undefined);

const present = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
