import { localise } from '../../mesh/host/localise/localise.ts';
import { somePlace } from '../../mesh/host/localise/testing/some.ts';
import { istioAdmission } from '../../mesh/istiod/admission.ts';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import { proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import { gatewayStatuses } from '../../mesh/istiod/status/statuses.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import { ApiError } from '../../mesh/kube/api.ts';
import { servedKinds } from '../../mesh/kube/kinds.ts';
import { createStore } from '../../mesh/kube/memory-store.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Store } from '../../mesh/kube/store.ts';
import type { Problem } from '../../mesh/problem.ts';
import { seededRandom } from '../../mesh/world/random.ts';
import { baseObjects as base, goldenCases } from './golden-case.ts';
import { goldenScenarios, objectsIn } from './golden-scenarios.ts';

const mesh = installedMeshConfig();
const clock = { now: () => Date.UTC(2026, 0, 3), sleep: () => Promise.resolve() };

/** A cluster with Istio in which the namespaces exist; nothing runs in it. */
function cluster(): Store {
  const admit = istioAdmission({ store: () => store, mesh: () => mesh });
  const store: Store = createStore({ kinds: servedKinds, clock, random: seededRandom(1), admit });
  for (const namespace of base.filter((o) => o.kind === 'Namespace')) store.create(namespace);
  return store;
}

/** Gateways of both sorts, whose proxies are fuzzed beside the sidecars. */
const edges = goldenCases().flatMap(({ name, before }) =>
  /^(istio|kubernetes)-gateway\//.test(name) ? [before.slice(base.length)] : [],
);
const gateways = [
  ...new Map(edges.flat().map((o) => [`${o.kind} ${o.metadata.namespace}/${o.metadata.name}`, o])).values(),
];

/** Objects to begin from: those of all our cases and of the measured scenarios. */
export const seeds = (): KubeObject[] => [
  ...goldenCases().flatMap(({ objects }) => objects),
  ...goldenScenarios().flatMap(objectsIn),
];

export interface Outcome {
  /** What the cluster says, for each object that it refuses. */
  refused: string[];
  problems: Problem[];
  /** Bytes of the configuration. */
  size: number;
}

/**
 * As objects come to a proxy: admission, then the control plane, then localise. What admission refuses goes on too, because
 * `mesh-labs xds -f` does not ask it. Throws what is a bug.
 */
export function throughTheMesh(objects: readonly KubeObject[], pod: string): Outcome {
  const store = cluster();
  const refused = objects.flatMap((object) => refusal(store, object));
  const snapshot = buildSnapshot([...base, ...gateways, ...objects], mesh);
  const found = snapshot.pods.byName.get(pod);
  if (!found) throw new Error(`there is no pod ${pod}`);
  const proxy = proxyOf(found, snapshot);
  const config = xds(snapshot, proxy);
  const statuses = gatewayStatuses(snapshot, { time: '' });
  const local = localise(config, proxy, somePlace());
  const size = JSON.stringify([
    local.listeners,
    local.routes,
    local.clusters,
    local.endpoints,
    [...config.origins],
    statuses,
  ]).length;
  return { refused, problems: [...config.problems, ...local.problems], size };
}

function refusal(store: Store, object: KubeObject): string[] {
  try {
    store.create(object);
    return [];
  } catch (error) {
    if (error instanceof ApiError) return [error.message];
    throw error;
  }
}
