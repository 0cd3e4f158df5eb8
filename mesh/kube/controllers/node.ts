import { versions } from '../../versions.ts';
import { now } from '../naming.ts';
import type { KubeObject } from '../objects.ts';
import type { Store } from '../store.ts';
import type { Controller } from './controller.ts';

export const nodeKind = { apiVersion: 'v1', kind: 'Node' };

/** The node that is there when nobody brings others; named as kind names it. */
export const defaultNode = 'mesh-labs-control-plane';

export type NodeSpec = { podCIDR?: string; podCIDRs?: string[]; unschedulable?: boolean };
export type Node = KubeObject<NodeSpec>;

/**
 * Makes the default node, and gives each node a /24 of 10.244.0.0/16 for its pods and a state that kubectl shows as
 * Ready. More nodes (for locality labs) are made by creating Node objects.
 */
export const nodeController: Controller = {
  name: 'node-controller',
  watches: [{ kind: nodeKind }],
  start({ store, clock }) {
    if (store.list(nodeKind).length === 0) store.create(newNode());
    return {
      reconcile({ name }) {
        const node = store.get({ ...nodeKind, name }) as Node | undefined;
        if (!node) return;
        if (!node.spec?.podCIDR) {
          const podCIDR = freeCidr(store);
          store.update({ ...node, spec: { ...node.spec, podCIDR, podCIDRs: [podCIDR] } });
        } else if (!node.status?.conditions) {
          store.update({ ...node, status: readyStatus(node, now(clock)) }, { subresource: 'status' });
        }
      },
    };
  },
};

function newNode(): KubeObject {
  const labels = {
    'kubernetes.io/hostname': defaultNode,
    'kubernetes.io/os': 'linux',
    'node-role.kubernetes.io/control-plane': '',
    'topology.kubernetes.io/region': 'region-1',
    'topology.kubernetes.io/zone': 'zone-1',
  };
  return { ...nodeKind, metadata: { name: defaultNode, labels }, spec: {} };
}

function freeCidr(store: Store): string {
  const used = new Set((store.list(nodeKind) as readonly Node[]).map((node) => node.spec?.podCIDR));
  for (let i = 0; i < 256; i += 1) if (!used.has(`10.244.${i}.0/24`)) return `10.244.${i}.0/24`;
  throw new Error('10.244.0.0/16 has no room for a further node');
}

/** Third number of a node's pod network; the node's own address is 172.18.0.(2 + that), the network of kind. */
const indexOf = (node: Node) => Number(node.spec?.podCIDR?.split('.')[2] ?? 0);

export const nodeIp = (node: Node): string => `172.18.0.${indexOf(node) + 2}`;

function readyStatus(node: Node, time: string) {
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' };
  return {
    conditions: [{ ...ready, lastHeartbeatTime: time, lastTransitionTime: time }],
    addresses: [
      { type: 'InternalIP', address: nodeIp(node) },
      { type: 'Hostname', address: node.metadata.name },
    ],
    nodeInfo: { kubeletVersion: `v${versions.kubernetes}`, operatingSystem: 'linux', architecture: 'amd64' },
    capacity: { pods: '110' },
    allocatable: { pods: '110' },
  };
}
