import { isObject, type JsonObject } from '../../json.ts';
import { compareText } from '../model/config.ts';
import { inboundKey } from '../model/subset-key.ts';
import { inboundClusters } from './cluster/inbound.ts';
import { serviceClusters } from './cluster/outbound.ts';
import {
  blackHoleCluster,
  dynamicDnsCluster,
  inboundPassthroughCluster,
  passthroughCluster,
} from './cluster/static.ts';
import type { ProxyContext } from './context.ts';
import { looksUpUnknown } from './dynamic-dns/dynamic-dns.ts';
import { sniDnatClusters } from './gateway/sni-dnat.ts';
import { isAmbient, listensHbone } from './hbone/ambient.ts';
import { connectOriginate, mainInternalCluster } from './hbone/clusters.ts';
import { patchClusters } from './patch/clusters.ts';
import { patcherOf } from './patch/patcher-of.ts';

/** All clusters of a proxy, by name (CDS). Of clusters with one name the first counts. */
export function buildClusters(context: ProxyContext): JsonObject[] {
  const clusters = context.proxy.type === 'router' ? gatewayClusters(context) : sidecarClusters(context);
  if (isAmbient(context.mesh) && context.proxy.metadata.DISABLE_HBONE_SEND !== true)
    clusters.push(connectOriginate(context));
  const byName = new Map<string, JsonObject>();
  for (const cluster of clusters) {
    const name = String(cluster.name);
    if (!byName.has(name)) byName.set(name, cluster);
  }
  return [...byName.values()].sort((a, b) => compareText(String(a.name), String(b.name)));
}

const outboundClusters = (context: ProxyContext): JsonObject[] => [
  ...context.scope.services.flatMap((service) => serviceClusters(context, service)),
  blackHoleCluster(context),
];

const gatewayClusters = (context: ProxyContext): JsonObject[] =>
  patchClusters(patcherOf(context), [...outboundClusters(context), ...sniDnatClusters(context)], { at: 'GATEWAY' });

function sidecarClusters(context: ProxyContext): JsonObject[] {
  const patcher = patcherOf(context);
  const unknown = looksUpUnknown(context) ? [dynamicDnsCluster(context)] : [];
  const outbound = [...outboundClusters(context), passthroughCluster(context), ...unknown];
  const inbound = [...inboundClusters(context), inboundPassthroughCluster(context)];
  const hosts = (cluster: JsonObject) => hostsOf(context, String(cluster.name));
  return [
    ...patchClusters(patcher, outbound, { at: 'SIDECAR_OUTBOUND' }),
    ...(listensHbone(context) ? [mainInternalCluster()] : []),
    ...patchClusters(patcher, inbound, { at: 'SIDECAR_INBOUND', hostsOf: hosts }),
  ];
}

/** The services behind an inbound cluster; what a Sidecar declares may be none. */
function hostsOf({ targets, scope }: ProxyContext, name: string): string[] {
  const ofPort = targets.filter((t) => inboundKey(t.targetPort) === name).map((t) => t.service.hostname);
  if (!scope.sidecar?.spec.ingress?.length) return ofPort;
  return ofPort.length > 0 ? ofPort.slice(0, 1) : [`${scope.name}.${scope.namespace}`];
}

/** Names under which Envoy asks for the endpoints of clusters, sorted: an EnvoyFilter may have renamed the cluster. */
export const edsNames = (clusters: readonly JsonObject[]): string[] =>
  [...new Set(clusters.filter((c) => c.type === 'EDS').map(edsName))].sort(compareText);

const edsName = ({ name, edsClusterConfig: eds }: JsonObject): string =>
  String((isObject(eds) && eds.serviceName) || name);
