import { httpFilters, networkFilters } from '../../../mesh/envoy/filter/registry.ts';
import { createMeshSim, type Issue } from '../../../mesh/envoy/mesh-sim.ts';
import { openCluster } from '../../../mesh/istiod/cluster.ts';
import { installedMeshConfig, type MeshConfig } from '../../../mesh/istiod/mesh-config.ts';
import { lookupName } from '../../../mesh/kube/cluster-dns.ts';
import { FirstState } from '../../../mesh/kube/first-state.ts';
import { servedKinds } from '../../../mesh/kube/kinds.ts';
import { createMemoryApi } from '../../../mesh/kube/memory-api.ts';
import type { Store } from '../../../mesh/kube/store.ts';
import { versions } from '../../../mesh/versions.ts';
import { seededRandom } from '../../../mesh/world/random.ts';
import type { Place } from '../place.ts';
import { secretFacts } from './certificates.ts';
import { ControlPlane } from './control-plane.ts';
import { meshIdentities, systemRoots } from './identities.ts';
import { OpenedSim, type SimParts } from './opened-sim.ts';
import { SimPodRuntime, type SimRuntimeOptions } from './pod-runtime.ts';
import { ServiceAddresses } from './services.ts';

/** The mesh in a box without any process: the interpreter of Envoy's configuration under a virtual clock. */
export const simPlace: Place = {
  name: 'sim',
  capabilities: { dataPlanes: ['sidecar'], virtualTime: true },
  unavailable: async () => undefined,
  open: async ({ seed, profile }) => new OpenedSim(await openSim({ seed, profile })),
};

export interface SimMeshOptions extends Pick<SimRuntimeOptions, 'anyImage'> {
  seed: number;
  meshConfig?: MeshConfig;
  /** Profile of Istio's installation; default `default`. */
  profile?: string;
  /** Addresses of names that the cluster does not know. */
  outside?: (name: string) => readonly string[];
  /** For single requests: they can be traced, and proxies are made once a connection leaves or reaches them. */
  onDemand?: boolean;
}

/** The parts, for those who look inside (explain); for everybody else there is the place. */
export async function openSim({
  seed,
  outside,
  profile,
  onDemand = false,
  ...options
}: SimMeshOptions): Promise<SimParts> {
  const meshConfig = options.meshConfig ?? installedMeshConfig();
  // The names of the cluster are asked only once traffic flows, when the store is there.
  let store: Store | undefined;
  const dns = (name: string) => (store && lookupName(store, name)?.ipv4) ?? outside?.(name) ?? [];
  const epoch = Date.UTC(2026, 0, 1);
  const ofMesh = meshIdentities(meshConfig.trustDomain, epoch);
  const issue: Issue = (request) =>
    ofMesh(request) ?? systemRoots(request) ?? (store && secretFacts(store, request, epoch));
  const dataplane = createMeshSim({ seed, issue, dns, httpFilters, networkFilters, traces: onDemand });
  const { clock } = dataplane;
  const cluster = openCluster({
    clock,
    random: seededRandom(seed),
    meshConfig,
    ...(profile !== undefined && { profile }),
  });
  store = cluster.store;
  const control = new ControlPlane({ store, dataplane, meshConfig });
  const runtime = new SimPodRuntime({
    dataplane,
    ...(options.anyImage && { anyImage: options.anyImage }),
    connect: (pod, nodeId) => {
      const connect = () => control.connect(pod, nodeId);
      if (onDemand) dataplane.whenReached(String(pod.status?.podIP ?? ''), connect);
      else connect();
    },
    disconnect: (nodeId) => control.disconnect(nodeId),
  });
  const controllers = cluster.start(runtime);
  await controllers.idle();
  return {
    ...{ store, dataplane, control, controllers, runtime },
    api: createMemoryApi({ store, kinds: servedKinds, runtime }),
    services: new ServiceAddresses(store, dataplane),
    first: new FirstState(store),
    versions: { istio: versions.istio, interpreter: 'sim' },
    epoch,
  };
}
