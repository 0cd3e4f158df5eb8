import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import type { SimParts } from '../place/sim/opened-sim.ts';
import type { Outside } from './outside.ts';

/** What the bare addresses and pointers of a trace stand for. */
export interface TraceWorld {
  config(nodeId: string): XdsConfig | undefined;
  /** `customers-v2-6d8f….shop`, name and version of the pod at an address. */
  podAt(ip: string): NamedPod | undefined;
  /** The Service whose address this is, or the host outside. */
  nameAt(ip: string): string | undefined;
}

export interface NamedPod {
  name: string;
  namespace: string;
  version?: string;
  proxied: boolean;
}

export function worldOf({ store, control, runtime }: SimParts, outside?: Pick<Outside, 'nameOf'>): TraceWorld {
  const pods = new Map([...runtime.pods.values()].map((pod) => [pod.ip, pod]));
  const services = store.list({ apiVersion: 'v1', kind: 'Service' });
  return {
    config: (nodeId) => control.config(nodeId),
    podAt(ip) {
      const found = pods.get(ip);
      if (!found) return undefined;
      const version = store.get({ apiVersion: 'v1', kind: 'Pod', ...found.ref })?.metadata.labels?.version;
      return { ...found.ref, proxied: found.nodeId !== undefined, ...(version === undefined ? {} : { version }) };
    },
    nameAt(ip) {
      const service = services.find((s) => s.spec?.clusterIP === ip);
      return service ? `${service.metadata.name}.${service.metadata.namespace}` : outside?.nameOf(ip);
    },
  };
}
