import { loopDelayMeter } from '../../../mesh/host/apps/loop-delay.ts';
import type { LocalMesh } from '../../../mesh/host/mesh.ts';
import type { RunFolder } from '../../../mesh/host/run/run-folder.ts';
import type { KubeObject } from '../../../mesh/kube/objects.ts';
import { podSearch } from '../../../mesh/world/dial.ts';
import type { Observation } from '../../observe/observation.ts';
import type { DialSpec, Traffic } from '../../traffic/types.ts';
import { isFromEdge } from '../edge.ts';
import { noSender } from '../no-sender.ts';
import type { Mesh, TrafficPlan } from '../place.ts';
import { edgeDial, reachLine } from './edge-dial.ts';

export interface OpenedParts {
  mesh: LocalMesh;
  traffic: Traffic;
  folder: RunFolder;
  versions: { [component: string]: string };
}

/** Mesh and traffic client of this machine as the runner sees them. */
export function openedMesh({ mesh, traffic, folder, versions }: OpenedParts): Mesh {
  const control = loopDelayMeter();
  return {
    api: mesh.api,
    versions,
    get reach() {
      const admin = mesh.adminSockets().map(({ pod, socket }) => {
        const command = `curl --unix-socket ${socket} http://envoy/config_dump`;
        return `${command}   # Envoy of ${pod.name}.${pod.namespace}`;
      });
      return [...mesh.edgePorts().map(reachLine), ...admin];
    },
    admin: (pod) => mesh.admin(pod),
    settle: (deadlineMs, signal) => mesh.settle(deadlineMs, signal),
    send: (plan, signal) => send({ mesh, traffic }, plan, signal),
    async loopDelays() {
      const [apps, client] = await Promise.all([mesh.appsDelay(), traffic.loopDelay()]);
      return [
        { process: 'control', ...control() },
        { process: 'apps', ...apps },
        { process: 'traffic', ...client },
      ];
    },
    reset: () => mesh.reset(),
    async close() {
      const ends = await Promise.allSettled([traffic.close(), mesh.close()]);
      await folder.close();
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
  };
}

async function* send(
  { mesh, traffic }: Pick<OpenedParts, 'mesh' | 'traffic'>,
  plan: TrafficPlan,
  signal: AbortSignal,
): AsyncIterable<Observation> {
  const ending = AbortSignal.any([signal, mesh.failures.signal]);
  try {
    const dial = isFromEdge(plan) ? edgeDial(mesh, plan) : dialFrom(mesh, plan.from);
    yield* traffic.send(plan, dial, ending);
  } catch (error) {
    mesh.failures.throwIfAny();
    throw error;
  }
  // What was measured while a part of the mesh was dead says nothing about the lab.
  mesh.failures.throwIfAny();
}

/** The way out of the first ready pod of an app. */
function dialFrom(mesh: LocalMesh, { app, namespace }: TrafficPlan['from']): DialSpec {
  const pod = senders(mesh, { app, namespace })[0];
  if (!pod) throw noSender({ app, namespace });
  const { name } = pod.metadata;
  return { kind: 'captured', ...mesh.uplink({ namespace, name }), dns: mesh.dns, search: podSearch(namespace) };
}

const senders = (mesh: LocalMesh, { app, namespace }: TrafficPlan['from']): readonly KubeObject[] =>
  mesh.store
    .list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: `app=${app}` })
    .filter((pod) => pod.metadata.deletionTimestamp === undefined);
