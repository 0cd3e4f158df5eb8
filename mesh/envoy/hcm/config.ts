import type { JsonObject } from '../../json.ts';
import { compileCidr } from '../match/cidr.ts';
import { flag, has, milliseconds, number, object, objects, text, texts, typeOf } from '../runtime/proto.ts';

import type { Upgrades } from './upgrade.ts';

export type ForwardClientCert = 'SANITIZE' | 'FORWARD_ONLY' | 'APPEND_FORWARD' | 'SANITIZE_SET' | 'ALWAYS_FORWARD_ONLY';

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager with its defaults; times in ms, 0 for none. */
export function readHcm(config: JsonObject, direction: string) {
  const common = object(config, 'commonHttpProtocolOptions');
  const cert = object(config, 'setCurrentClientCertDetails');
  return {
    statPrefix: text(config, 'statPrefix'),
    codec: text(config, 'codecType') || 'AUTO',
    serverName: text(config, 'serverName') || 'envoy',
    serverTransformation: text(config, 'serverHeaderTransformation') || 'OVERWRITE',
    streamIdleTimeoutMs: milliseconds(config, 'streamIdleTimeout', 300_000),
    maxStreamDurationMs: milliseconds(common, 'maxStreamDuration'),
    maxRequestsPerConnection: number(common, 'maxRequestsPerConnection'),
    maxHeadersBytes: 1024 * number(config, 'maxRequestHeadersKb', 60),
    maxHeadersCount: number(common, 'maxHeadersCount', 100),
    useRemoteAddress: flag(config, 'useRemoteAddress'),
    xffTrustedHops: number(config, 'xffNumTrustedHops'),
    /** Whose requests are internal; nobody's unless configured (envoy.reloadable_features.explicit_internal_address_config, measured with 1.40). */
    internal: objects(object(config, 'internalAddressConfig'), 'cidrRanges').map((r, i) =>
      compileCidr(r, `internalAddressConfig/${i}`),
    ),
    skipXffAppend: flag(config, 'skipXffAppend'),
    generateRequestId: flag(config, 'generateRequestId', true),
    preserveExternalRequestId: flag(config, 'preserveExternalRequestId'),
    alwaysSetRequestIdInResponse: flag(config, 'alwaysSetRequestIdInResponse'),
    normalizePath: flag(config, 'normalizePath'),
    mergeSlashes: flag(config, 'mergeSlashes'),
    escapedSlashes: text(config, 'pathWithEscapedSlashesAction') || 'KEEP_UNCHANGED',
    stripPort: flag(config, 'stripAnyHostPort'),
    forwardClientCert: (text(config, 'forwardClientCertDetails') || 'SANITIZE') as ForwardClientCert,
    certDetails: { subject: flag(cert, 'subject'), uri: flag(cert, 'uri'), dns: flag(cert, 'dns') },
    upgrades: compileUpgrades(config),
    /** Tracing is on: operation names travel in x-envoy-decorator-operation. */
    tracing: has(config, 'tracing'),
    isEgress: direction === 'OUTBOUND',
    alpn: readAlpn(objects(config, 'httpFilters')),
    suppressEnvoyHeaders: objects(config, 'httpFilters').some((f) =>
      flag(object(f, 'typedConfig'), 'suppressEnvoyHeaders'),
    ),
  };
}
export type HcmConfig = ReturnType<typeof readHcm>;

const protocols: { [name: string]: string } = { HTTP10: 'HTTP/1.0', HTTP11: 'HTTP/1.1', HTTP2: 'HTTP/2' };

/** istio.alpn (istio/proxy source/extensions/filters/http/alpn): the ALPN to offer upstream, by upstream protocol. */
function readAlpn(filters: JsonObject[]): { [protocol: string]: readonly string[] } | undefined {
  const filter = filters
    .map((f) => object(f, 'typedConfig'))
    .find((t) => typeOf(t) === 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig');
  if (!filter) return undefined;
  return Object.fromEntries(
    objects(filter, 'alpnOverride').map((o) => [
      protocols[text(o, 'upstreamProtocol') || 'HTTP10'] ?? '',
      texts(o, 'alpnOverride'),
    ]),
  );
}

/** upgradeConfigs of a connection manager. */
const compileUpgrades = (message: JsonObject): Upgrades =>
  new Map(
    objects(message, 'upgradeConfigs').map((u) => [text(u, 'upgradeType').toLowerCase(), flag(u, 'enabled', true)]),
  );
