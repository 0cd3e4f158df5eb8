import { equal } from '../frozen.ts';
import { isTerminating, type Pod, type PodStatus, podKind } from '../kinds/pod.ts';
import { now } from '../naming.ts';
import type { Store } from '../store.ts';
import { setCondition } from './conditions.ts';
import { type Controller, type ControllerDeps, keyOf } from './controller.ts';
import { recordEvent } from './events.ts';
import { type Node, nodeKind } from './node.ts';

/**
 * Gives each pod a node: one that its nodeSelector allows, with the fewest pods, the first by name among equals.
 * Resources, affinity and taints are not looked at: every node has room.
 */
export const schedulerController: Controller = {
  name: 'scheduler',
  watches: [
    { kind: podKind },
    // A new node may be what waiting pods wait for.
    { kind: nodeKind, keys: (_event, store) => waiting(store).map(keyOf) },
  ],
  start: (deps) => ({
    reconcile(key) {
      const pod = deps.store.get({ ...podKind, ...key }) as Pod | undefined;
      if (!pod?.spec || pod.spec.nodeName || isTerminating(pod)) return;
      const node = choose(deps.store, pod);
      if (!node) return refuse(deps, pod);
      deps.store.update({ ...pod, spec: { ...pod.spec, nodeName: node.metadata.name } });
      writeCondition(deps, key, { status: 'True' });
    },
  }),
};

const waiting = (store: Store): Pod[] => (store.list(podKind) as readonly Pod[]).filter((pod) => !pod.spec?.nodeName);

function choose(store: Store, pod: Pod): Node | undefined {
  const wanted = Object.entries(pod.spec?.nodeSelector ?? {});
  const load = new Map<string, number>();
  for (const { spec } of store.list(podKind) as readonly Pod[]) {
    if (spec?.nodeName) load.set(spec.nodeName, (load.get(spec.nodeName) ?? 0) + 1);
  }
  const count = (node: Node) => load.get(node.metadata.name) ?? 0;
  return (store.list(nodeKind) as readonly Node[])
    .filter((node) => node.spec?.podCIDR && !node.spec.unschedulable)
    .filter((node) => wanted.every(([key, value]) => node.metadata.labels?.[key] === value))
    .sort((a, b) => count(a) - count(b))[0];
}

function refuse(deps: ControllerDeps, pod: Pod): void {
  const nodes = deps.store.list(nodeKind) as readonly Node[];
  // A node without addresses is about to get them, and wakes this controller again.
  if (nodes.some((node) => !node.spec?.podCIDR)) return;
  const message = `0/${nodes.length} nodes are available: ${nodes.length} node(s) didn't match Pod's node affinity/selector.`;
  const known = pod.status?.conditions?.some((c) => c.type === 'PodScheduled' && c.message === message);
  if (known) return;
  writeCondition(deps, keyOf(pod), { status: 'False', reason: 'Unschedulable', message });
  recordEvent(deps, pod, { type: 'Warning', reason: 'FailedScheduling', message, component: 'default-scheduler' });
}

function writeCondition(
  { store, clock }: ControllerDeps,
  key: { namespace: string; name: string },
  condition: { status: string; reason?: string; message?: string },
): void {
  const pod = store.get({ ...podKind, ...key }) as Pod | undefined;
  if (!pod) return;
  const conditions = setCondition(pod.status?.conditions ?? [], { type: 'PodScheduled', ...condition }, now(clock));
  const status: PodStatus = { ...pod.status, phase: pod.status?.phase ?? 'Pending', conditions };
  if (!equal(status, pod.status)) store.update({ ...pod, status }, { subresource: 'status' });
}
