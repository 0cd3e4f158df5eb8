import type { JsonObject } from '../../../json.ts';
import type { ClientTls } from '../../model/destination-rule.ts';
import { typed } from '../any.ts';
import type { ClusterDraft } from '../cluster/draft.ts';

const rawBuffer: JsonObject = {
  name: 'envoy.transport_sockets.raw_buffer',
  typedConfig: typed('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'),
};

const passthroughMetadata: JsonObject[] = [
  { kind: { host: {} }, name: 'envoy.filters.listener.original_dst' },
  { kind: { cluster: {} }, name: 'istio' },
  { kind: { host: {} }, name: 'istio' },
];

/** Goes to the proxy's own listener connect_originate, which makes the tunnel. */
const hbone = (transportSocket: JsonObject): JsonObject => ({
  match: { tunnel: 'http' },
  name: 'hbone',
  transportSocket: {
    name: 'envoy.transport_sockets.internal_upstream',
    typedConfig: typed('envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport', {
      passthroughMetadata,
      transportSocket,
    }),
  },
});

const plaintext: JsonObject = { match: {}, name: 'tlsMode-disabled', transportSocket: rawBuffer };

/** Each endpoint says whether it takes HBONE (applyHBONETransportSocketMatches in istio networking/core/cluster_tls.go). */
export function applyHbone(draft: ClusterDraft, tls: ClientTls | 'automatic' | undefined): void {
  if (!tls) {
    draft.transportSocketMatches = [hbone(rawBuffer), plaintext];
    return;
  }
  // Where the client chooses the address nothing is known of the endpoint.
  if (draft.type === 'ORIGINAL_DST') return;
  const own = draft.transportSocket;
  delete draft.transportSocket;
  if (tls === 'automatic') draft.transportSocketMatches = [hbone(rawBuffer), ...(draft.transportSocketMatches ?? [])];
  else if (!own) draft.transportSocketMatches = [hbone(rawBuffer), plaintext];
  else if (tls.mode === 'ISTIO_MUTUAL')
    draft.transportSocketMatches = [hbone(rawBuffer), { name: 'tlsMode-istio', transportSocket: own }];
  // TLS of the user's own is meant for the server itself, so it goes inside of the tunnel.
  else draft.transportSocketMatches = [hbone(own), { name: 'user', transportSocket: own }];
}
