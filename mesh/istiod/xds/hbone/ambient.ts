import { isObject } from '../../../json.ts';
import type { MeshConfig } from '../../mesh-config.ts';
import type { Endpoint } from '../../model/service.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { ProxyContext } from '../context.ts';

/** The port on which ztunnels, waypoints and sidecars take HBONE. */
export const HBONE_PORT = 15008;

/**
 * Whether the control plane was installed for ambient mode. The profile sets PILOT_ENABLE_AMBIENT, by which istiod knows it, and
 * the agents' ISTIO_META_ENABLE_HBONE together; the second stands in the mesh config.
 */
export function isAmbient({ raw }: MeshConfig): boolean {
  const metadata = isObject(raw.defaultConfig) ? raw.defaultConfig.proxyMetadata : undefined;
  return isObject(metadata) && metadata.ISTIO_META_ENABLE_HBONE === 'true';
}

/** Sidecars of an ambient mesh take HBONE too (EnableHBONEListen in istio pilot/pkg/model/context.go). */
export const listensHbone = ({ mesh, proxy }: ProxyContext): boolean =>
  isAmbient(mesh) && proxy.metadata.ENABLE_HBONE === true;

/** Whether a workload can be reached by HBONE: as a waypoint, by its label, or through its node's ztunnel (supportTunnel in endpoint_builder.go). */
const takesHbone = (snapshot: Snapshot, endpoint: Endpoint): boolean =>
  endpoint.labels['gateway.istio.io/managed'] === 'istio.io-mesh-controller' ||
  isLabelled(endpoint) ||
  isCaptured(snapshot, endpoint);

const isLabelled = ({ labels }: Endpoint): boolean =>
  (labels['networking.istio.io/tunnel'] ?? '').split(',').includes('http');

const isCaptured = (snapshot: Snapshot, { addresses }: Endpoint): boolean =>
  addresses.some((address) =>
    (snapshot.pods.byIp.get(address) ?? []).some(
      (pod) => !pod.spec.hostNetwork && pod.annotations['ambient.istio.io/redirection'] === 'enabled',
    ),
  );

/** As istiod has it, waypoints do not count here (AllInstancesSupportHBONE). */
export const reachedByTunnel = ({ mesh, snapshot }: ProxyContext, endpoint: Endpoint): boolean =>
  isAmbient(mesh) && (isLabelled(endpoint) || isCaptured(snapshot, endpoint));

/** Whether this proxy uses HBONE to an endpoint: mutual TLS goes before it where the endpoint has a sidecar (buildEnvoyLbEndpoint). */
export const tunnelChecker =
  ({ mesh, snapshot, proxy }: ProxyContext): ((endpoint: Endpoint) => boolean) =>
  (endpoint) =>
    isAmbient(mesh) &&
    proxy.metadata.DISABLE_HBONE_SEND !== true &&
    endpoint.tlsMode !== 'istio' &&
    takesHbone(snapshot, endpoint);
