import { type KindInfo, type KindTable, kindTable } from './kind-info.ts';
import { gatewayKinds } from './kinds/gateway.ts';
import { istioKinds } from './kinds/istio.ts';
import { kubernetesKinds } from './kinds/kubernetes.ts';

/** Every kind that the mesh in a box serves. One row makes a kind known to store, API server, kubectl and istiod. */
export const kinds: readonly KindInfo[] = [...kubernetesKinds, ...istioKinds, ...gatewayKinds];

/** The table for `createStore({ kinds: servedKinds })`. */
export const servedKinds: KindTable = kindTable(kinds);
