import type { JsonObject } from '../../json.ts';
import type { NodeInfo } from '../facts.ts';
import { object, objects, text, typeOf } from '../runtime/proto.ts';
import { compileUpstreamTls, type TlsCompiling, type UpstreamTls } from '../tls/contexts.ts';
import type { Host } from './host.ts';

/** How a connection to a host is made: in the clear, or with TLS. */
export interface Transport {
  name: string;
  tls: UpstreamTls | undefined;
  /** Set when the socket is of a kind that is not interpreted: connections fail with this text. */
  unsupported: string;
}

export interface TransportCompiling extends TlsCompiling {
  node: NodeInfo;
}

/**
 * The transport socket of each host: the first of transportSocketMatches whose `match` is part of the endpoint's
 * `envoy.transport_socket_match` metadata, else the cluster's own, else in the clear
 * (source/common/upstream/transport_socket_match_impl.cc).
 */
export function compileTransport(cluster: JsonObject, compiling: TransportCompiling): (host: Host) => Transport {
  const otherwise = socket(object(cluster, 'transportSocket'), 'default', compiling);
  const matches = objects(cluster, 'transportSocketMatches').map((m) => ({
    wanted: Object.entries(object(m, 'match')),
    transport: socket(object(m, 'transportSocket'), text(m, 'name'), compiling),
  }));
  const known = new WeakMap<Host, { metadata: JsonObject; transport: Transport }>();
  return (host) => {
    const found = known.get(host);
    if (found && found.metadata === host.metadata) return found.transport;
    const labels = object(host.metadata, 'envoy.transport_socket_match');
    const match = matches.find((m) => m.wanted.every(([key, value]) => labels[key] === value));
    const transport = match?.transport ?? otherwise;
    known.set(host, { metadata: host.metadata, transport });
    return transport;
  };
}

function socket(config: JsonObject, name: string, compiling: TransportCompiling): Transport {
  const typed = object(config, 'typedConfig');
  const type = typeOf(typed);
  // Within the proxy: what it wraps decides (HBONE).
  if (type === 'envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport')
    return socket(object(typed, 'transportSocket'), name, compiling);
  if (type === 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext')
    return { name, tls: compileUpstreamTls(typed, compiling), unsupported: '' };
  const isPlain = type === '' || type === 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer';
  return { name, tls: undefined, unsupported: isPlain ? '' : `transport socket ${type} is not simulated` };
}
