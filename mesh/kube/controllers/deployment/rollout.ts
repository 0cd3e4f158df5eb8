import type { Deployment, ReplicaSet } from '../../kinds/workload.ts';

/** How many pods each set shall have next. */
export type Scaling = { set: ReplicaSet; replicas: number }[];

export const wantedOf = (set: ReplicaSet | undefined): number => set?.spec?.replicas ?? 0;
const sum = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number) =>
  sets.reduce((total, set) => total + count(set), 0);
const available = (set: ReplicaSet) => set.status?.availableReplicas ?? 0;

/** maxSurge rounds up, maxUnavailable down; both 0 would never get on, so one pod may then be missing (ResolveFenceposts). */
export function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  const replicas = deployment.spec?.replicas ?? 1;
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const surge = portion(maxSurge, replicas, Math.ceil);
  const unavailable = portion(maxUnavailable, replicas, Math.floor);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function portion(value: number | string, of: number, round: (x: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseFloat(value) / 100) * of);
}

/** The next step of an update; an empty answer means to wait, or that all is done. */
export function nextStep(deployment: Deployment, fresh: ReplicaSet, old: readonly ReplicaSet[]): Scaling {
  const steps = deployment.spec?.strategy?.type === 'Recreate' ? recreate : rolling;
  return steps(deployment, fresh, old).filter(({ set, replicas }) => wantedOf(set) !== replicas);
}

/** All old pods go before the first new one comes (recreate.go). */
function recreate(deployment: Deployment, fresh: ReplicaSet, old: readonly ReplicaSet[]): Scaling {
  const down = old.filter((set) => wantedOf(set) > 0).map((set) => ({ set, replicas: 0 }));
  const pods = sum(old, (set) => set.status?.replicas ?? 0);
  if (down.length > 0 || pods > 0) return down;
  return [{ set: fresh, replicas: deployment.spec?.replicas ?? 1 }];
}

/** rolling.go: up within maxSurge; when there is no more to add, down within maxUnavailable. */
function rolling(deployment: Deployment, fresh: ReplicaSet, old: readonly ReplicaSet[]): Scaling {
  const up = scaleUp(deployment, fresh, old);
  return up === wantedOf(fresh) ? scaleDown(deployment, fresh, old) : [{ set: fresh, replicas: up }];
}

function scaleUp(deployment: Deployment, fresh: ReplicaSet, old: readonly ReplicaSet[]): number {
  const replicas = deployment.spec?.replicas ?? 1;
  const present = wantedOf(fresh);
  if (present >= replicas) return replicas;
  const room = replicas + fenceposts(deployment).surge - present - sum(old, wantedOf);
  return room <= 0 ? present : present + Math.min(room, replicas - present);
}

function scaleDown(deployment: Deployment, fresh: ReplicaSet, old: readonly ReplicaSet[]): Scaling {
  const floor = (deployment.spec?.replicas ?? 1) - fenceposts(deployment).unavailable;
  const freshMissing = wantedOf(fresh) - available(fresh);
  const most = wantedOf(fresh) + sum(old, wantedOf) - floor - freshMissing;
  if (most <= 0) return [];
  // Old pods that serve nobody go first, oldest set first.
  const healthy = take(old, most, (set) => wantedOf(set) - available(set));
  const left = sum(healthy.map(resized), available) + available(fresh) - floor;
  const steps = take(healthy.map(resized), Math.min(left, most - removed(healthy)), wantedOf);
  return old.map((set, i) => ({ set, replicas: steps[i]?.replicas ?? wantedOf(set) }));
}

/** Takes up to `most` pods from the sets in order, from each at most what `offered` says. */
function take(sets: readonly ReplicaSet[], most: number, offered: (set: ReplicaSet) => number): Scaling {
  let rest = Math.max(0, most);
  return sets.map((set) => {
    const cut = Math.max(0, Math.min(rest, offered(set)));
    rest -= cut;
    return { set, replicas: wantedOf(set) - cut };
  });
}

const removed = (steps: Scaling) => steps.reduce((n, { set, replicas }) => n + wantedOf(set) - replicas, 0);

const resized = ({ set, replicas }: Scaling[number]): ReplicaSet =>
  set.spec ? { ...set, spec: { ...set.spec, replicas } } : set;
