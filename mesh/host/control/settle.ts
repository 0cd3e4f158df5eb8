import { objects } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Store } from '../../kube/store.ts';
import { whyNotReady } from '../../kube/why-not-ready.ts';
import { type Problem, ProblemError } from '../../problem.ts';
import { raced } from '../../raced.ts';
import type { XdsServer } from '../xds/types.ts';
import type { Failures } from './failures.ts';
import type { PodPlaces } from './pod-places.ts';
import { type Proxied, type Proxies, proxied } from './proxies.ts';
import type { Pusher } from './push.ts';

export interface SettleOptions {
  store: Store;
  places: PodPlaces;
  pusher: Pick<Pusher, 'flush' | 'pending'>;
  proxies: Pick<Proxies, 'drained' | 'bound' | 'unbound'>;
  server: Pick<XdsServer, 'settled' | 'status'>;
  failures: Failures;
  controllers: { idle(): Promise<void> };
  /** Where the world outside reaches Services. */
  edge: { idle(): Promise<void> };
}

const pods = { apiVersion: 'v1', kind: 'Pod' };

/**
 * Waits until the controllers rest, every pod is Ready, and every proxy has accepted the newest configuration and
 * uses nothing older.
 * Throws a ProblemError at the deadline (naming what is not ready), when a proxy refuses, or when a process ends.
 */
export async function settle(mesh: SettleOptions, deadlineMs: number, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const stop = AbortSignal.any([deadline, signal, mesh.failures.signal]);
  try {
    for (let step = await look(mesh, stop); step !== 'settled'; step = await look(mesh, stop))
      if (step === 'wait') await nextChange(mesh.store, stop);
  } catch (error) {
    mesh.failures.throwIfAny();
    if (!deadline.aborted || signal.aborted) throw error;
    throw new ProblemError(...unsettled(mesh, deadlineMs));
  }
}

/** Settled when nothing changed while everything was found to be in its place; waits for a change when something is missing. */
async function look(mesh: SettleOptions, stop: AbortSignal): Promise<'settled' | 'again' | 'wait'> {
  const { store, pusher, controllers, proxies } = mesh;
  stop.throwIfAborted();
  await raced(controllers.idle(), stop);
  pusher.flush();
  const before = store.revision;
  if (notReady(store).length > 0) return 'wait';
  for (const { nodeId } of proxiedPlaces(mesh.places)) await accepted(mesh, nodeId, stop);
  await Promise.all(proxiedPlaces(mesh.places).map((place) => proxies.bound(place, stop)));
  await Promise.all(proxiedPlaces(mesh.places).map(({ nodeId }) => proxies.drained(nodeId, stop)));
  await mesh.edge.idle();
  return store.revision === before && !pusher.pending ? 'settled' : 'again';
}

async function accepted(mesh: SettleOptions, nodeId: string, stop: AbortSignal): Promise<void> {
  const { status, accepted: ok } = await mesh.server.settled(nodeId, stop);
  if (ok) return;
  const [, , name] = nodeId.split('~');
  throw new ProblemError({
    what: [`Envoy refused the configuration of ${name}`, ...status.rejections].join('\n  '),
    where: { object: `proxy ${name}` },
    fix: 'mend the object that Envoy names; a value that Istio accepts can still be one that Envoy refuses',
  });
}

const proxiedPlaces = (places: PodPlaces): Proxied[] =>
  places.all().flatMap((place) => (place.nodeId === undefined ? [] : [proxied(place, place.ref)]));

/** Pods that ought to be Ready and are not. */
function notReady(store: Store): KubeObject[] {
  return store.list(pods).filter((pod) => pod.metadata.deletionTimestamp !== undefined || !isReady(pod));
}

function isReady(pod: KubeObject): boolean {
  if (pod.status?.phase === 'Succeeded') return true;
  return objects(pod.status?.conditions).some((c) => c.type === 'Ready' && c.status === 'True');
}

function nextChange(store: Store, stop: AbortSignal): Promise<void> {
  let unsubscribe = () => {};
  const change = new Promise<void>((resolve) => {
    unsubscribe = store.subscribe(() => resolve());
  });
  return raced(change, stop).finally(unsubscribe);
}

function unsettled(mesh: SettleOptions, deadlineMs: number): [Problem, ...Problem[]] {
  const waiting: Problem[] = notReady(mesh.store).map((pod) => ({
    what: `pod ${pod.metadata.name}.${pod.metadata.namespace} is not ready: ${whyNotReady(pod)}`,
    where: { object: `Pod ${pod.metadata.namespace}/${pod.metadata.name}` },
  }));
  const proxies: Problem[] = proxiedPlaces(mesh.places).flatMap((place) => {
    const name = place.nodeId.split('~')[2];
    const stale = Object.entries(mesh.server.status(place.nodeId)).filter(([, state]) => state === 'STALE');
    const types = stale.map(([type]) => type).join(', ');
    if (types) return [{ what: `proxy ${name} has not taken its newest ${types} yet` }];
    const ports = mesh.proxies.unbound(place).join(', ');
    return ports ? [{ what: `proxy ${name} does not listen yet for port ${ports}` }] : [];
  });
  const seconds = Math.round(deadlineMs / 1000);
  return [
    { what: `the mesh did not come to rest within ${seconds} s`, fix: 'mesh-labs doctor' },
    ...waiting,
    ...proxies,
  ];
}
