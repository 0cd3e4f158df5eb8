import { type Pod, podKind } from '../../kinds/pod.ts';
import type { Store } from '../../store.ts';
import type { Node } from '../node.ts';

/** Gives pods addresses of their node's network: the next one each time, so that an address is not soon used again. */
export interface PodAddresses {
  next(node: Node): string;
}

export function podAddresses(store: Store): PodAddresses {
  const last = new Map<string, number>();
  return {
    next(node) {
      const [network = '10.244.0.0'] = (node.spec?.podCIDR ?? '').split('/');
      const prefix = network.slice(0, network.lastIndexOf('.'));
      const used = new Set((store.list(podKind) as readonly Pod[]).map((pod) => pod.status?.podIP));
      // .0 is the network, .1 the node's bridge, .255 the broadcast address.
      for (let i = 0; i < 253; i += 1) {
        const host = (((last.get(network) ?? 1) - 1) % 253) + 2;
        last.set(network, host);
        const ip = `${prefix}.${host}`;
        if (!used.has(ip)) return ip;
      }
      throw new Error(`${node.spec?.podCIDR} of node ${node.metadata.name} has no free pod address`);
    },
  };
}
