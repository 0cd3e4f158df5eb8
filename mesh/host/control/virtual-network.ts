import { objects } from '../../json.ts';
import { readyEndpoints } from '../../kube/cluster-dns.ts';
import { outsideClient, serviceAt } from '../../kube/outside.ts';
import type { Store } from '../../kube/store.ts';
import { appSocket } from '../localise/place.ts';
import type { WorldRequest, WorldTarget } from '../world/types.ts';
import type { PodPlaces } from './pod-places.ts';

/** What stands behind an address that no proxy decided: what the node's network and kube-proxy would do with it. */
export function resolveAddress(store: Store, places: PodPlaces, request: WorldRequest): WorldTarget {
  const { destination, fromInbound } = request;
  const pod = places.at(destination.ip);
  if (!pod) return serviceTarget(store, destination);
  const app: WorldTarget = { kind: 'app', socket: appSocket(pod.folder, destination.port) };
  if (pod.nodeId === undefined || fromInbound) return app;
  const port = places.inboundPort(destination.ip, destination.port);
  return port === undefined ? { kind: 'refuse' } : { kind: 'inbound', port };
}

function serviceTarget(store: Store, { ip, port }: WorldRequest['destination']): WorldTarget {
  const found = serviceAt(store, ip);
  const declared = objects(found?.spec?.ports).find((p) => p.port === port);
  if (!found || !declared) return { kind: 'refuse' };
  const { name, namespace = '' } = found.metadata;
  const endpoints = readyEndpoints(store, namespace, name).flatMap((e) =>
    e.ports.filter((p) => (p.name ?? '') === (declared.name ?? '')).map((p) => ({ ip: e.ip, port: Number(p.port) })),
  );
  return { kind: 'service', endpoints };
}

/** Whether something takes connections to this address now. */
export function isServed(store: Store, places: PodPlaces, destination: WorldRequest['destination']): boolean {
  const to = (at: WorldRequest['destination']) =>
    resolveAddress(store, places, { source: { ip: outsideClient, port: 0 }, destination: at, fromInbound: false });
  const target = to(destination);
  if (target.kind !== 'service') return target.kind !== 'refuse';
  return target.endpoints.some((endpoint) => !['refuse', 'service'].includes(to(endpoint).kind));
}
