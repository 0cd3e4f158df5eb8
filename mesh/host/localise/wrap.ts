import type { JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { lb, originalDst, rawBuffer } from './endpoints.ts';
import { child, objects, text, typeUrl } from './walk.ts';

const internalUpstream = typeUrl('envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport');

/**
 * The metadata of the chosen endpoint travels to the internal listener only through this transport socket. With
 * transportSocketMatches each match is wrapped, otherwise the one socket there is (spike, rule 14).
 */
export function wrapSockets(cluster: JsonObject): void {
  const matches = objects(cluster.transportSocketMatches);
  for (const match of matches) match.transportSocket = wrap(child(match, 'transportSocket'));
  if (matches.length === 0 || isObject(cluster.transportSocket)) {
    cluster.transportSocket = wrap(child(cluster, 'transportSocket'));
  }
}

function wrap(socket: JsonObject): JsonObject {
  const config = child(socket, 'typedConfig');
  const isInternal = config['@type'] === internalUpstream;
  const inner = isInternal ? child(config, 'transportSocket') : socket;
  const needed = [originalDst, lb].map((name) => ({ name, kind: { host: {} } }));
  const others = objects(isInternal ? config.passthroughMetadata : []).filter(
    (source) => ![originalDst, lb].includes(text(source, 'name')),
  );
  return {
    name: 'envoy.transport_sockets.internal_upstream',
    typedConfig: {
      '@type': internalUpstream,
      passthroughMetadata: [...needed, ...others],
      transportSocket: 'typedConfig' in inner ? inner : rawBuffer(),
    },
  };
}
