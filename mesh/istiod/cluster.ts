import { type Controllers, startControllers } from '../kube/controllers/start.ts';
import { servedKinds } from '../kube/kinds.ts';
import { createStore } from '../kube/memory-store.ts';
import type { PodRuntime } from '../kube/runtime.ts';
import type { Store } from '../kube/store.ts';
import type { Clock } from '../world/clock.ts';
import type { Random } from '../world/random.ts';
import { istioAdmission } from './admission.ts';
import { gatewayClassController } from './deploy/classes.ts';
import { gatewayDeploymentController } from './deploy/gateways.ts';
import { installedGatewayController, profileGateways } from './deploy/installed.ts';
import type { MeshConfig } from './mesh-config.ts';
import { gatewayStatusController } from './status/controller.ts';

export interface ClusterOptions {
  clock: Clock;
  random: Random;
  meshConfig: MeshConfig;
  /** Profile of the installation; it decides which gateways there are. */
  profile?: string;
}

/** A Kubernetes with Istio's webhooks, before its first pod. */
export interface Cluster {
  store: Store;
  start(runtime: PodRuntime): Controllers;
}

export function openCluster({ clock, random, meshConfig, profile = 'default' }: ClusterOptions): Cluster {
  const admit = istioAdmission({ store: () => store, mesh: () => meshConfig });
  const store: Store = createStore({ kinds: servedKinds, clock, random, admit });
  const more = [
    gatewayClassController(meshConfig),
    gatewayDeploymentController(meshConfig),
    gatewayStatusController(meshConfig),
    ...profileGateways(profile).map(installedGatewayController),
  ];
  return { store, start: (runtime) => startControllers({ store, runtime, clock, more }) };
}
