import type { JsonObject } from '../../json.ts';
import { field, flag, has, milliseconds, number, object } from '../runtime/proto.ts';

const optionsType = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export interface HttpOptions {
  protocol: 'HTTP/1.1' | 'HTTP/2' | 'downstream';
  maxRequestsPerConnection: number;
  idleTimeoutMs: number;
  maxConnectionMs: number;
  autoSni: boolean;
  autoSanValidation: boolean;
}

/** envoy.extensions.upstreams.http.v3.HttpProtocolOptions, or the older fields of Cluster itself; HTTP/1.1 when nothing is said. */
export function readHttpOptions(cluster: JsonObject): HttpOptions {
  const options = object(cluster, 'typedExtensionProtocolOptions', optionsType);
  const common = has(options, 'commonHttpProtocolOptions')
    ? object(options, 'commonHttpProtocolOptions')
    : object(cluster, 'commonHttpProtocolOptions');
  const upstream = object(options, 'upstreamHttpProtocolOptions');
  return {
    protocol: protocolOf(cluster, options),
    maxRequestsPerConnection: number(common, 'maxRequestsPerConnection', number(cluster, 'maxRequestsPerConnection')),
    // "If not set, this defaults to 1 hour" (HttpProtocolOptions.idle_timeout).
    idleTimeoutMs: milliseconds(common, 'idleTimeout', 3_600_000),
    maxConnectionMs: milliseconds(common, 'maxConnectionDuration'),
    autoSni: flag(upstream, 'autoSni'),
    autoSanValidation: flag(upstream, 'autoSanValidation'),
  };
}

function protocolOf(cluster: JsonObject, options: JsonObject): HttpOptions['protocol'] {
  if (has(options, 'useDownstreamProtocolConfig') || field(cluster, 'protocolSelection') === 'USE_DOWNSTREAM_PROTOCOL')
    return 'downstream';
  return has(object(options, 'explicitHttpConfig'), 'http2ProtocolOptions') || has(cluster, 'http2ProtocolOptions')
    ? 'HTTP/2'
    : 'HTTP/1.1';
}
