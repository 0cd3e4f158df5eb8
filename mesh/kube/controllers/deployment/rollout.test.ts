import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../kinds/workload.ts';
import { fenceposts, nextStep } from './rollout.ts';

const template = { spec: { containers: [] } };
const set = (name: string, replicas: number, availableReplicas: number): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name },
  spec: { replicas, selector: {}, template },
  status: { replicas, availableReplicas },
});
type Strategy = NonNullable<Deployment['spec']>['strategy'];
const deployment = (replicas: number, strategy: Strategy): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { replicas, selector: {}, template, strategy },
});

describe('maxSurge and maxUnavailable', () => {
  it.each<[number, number | string, number | string, { surge: number; unavailable: number }]>([
    [4, '25%', '25%', { surge: 1, unavailable: 1 }],
    [10, '25%', '25%', { surge: 3, unavailable: 2 }],
    [1, '25%', '25%', { surge: 1, unavailable: 0 }],
    [3, 2, 0, { surge: 2, unavailable: 0 }],
    [3, 0, 0, { surge: 0, unavailable: 1 }],
    [3, '0%', '10%', { surge: 0, unavailable: 1 }],
  ])('of %d pods: %s and %s', (replicas, maxSurge, maxUnavailable, want) => {
    expect(fenceposts(deployment(replicas, { rollingUpdate: { maxSurge, maxUnavailable } }))).toEqual(want);
  });
});

describe('the next step', () => {
  const rolling = { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } };
  const careful = { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  // [pods wanted, pods available] of the new set and of the old ones (kubernetes pkg/controller/deployment/rolling_test.go has the idea).
  it.each<[string, number, Strategy, [number, number], [number, number][], string[]]>([
    ['first pods', 3, rolling, [0, 0], [], ['new=3']],
    ['surge first', 3, rolling, [0, 0], [[3, 3]], ['new=1']],
    ['then down by what may be missing', 3, rolling, [1, 0], [[3, 3]], ['old0=2']],
    ['up again within the surge', 3, rolling, [1, 0], [[2, 2]], ['new=2']],
    ['wait for new pods', 3, rolling, [2, 0], [[2, 2]], []],
    ['no pod may be missing: wait', 3, careful, [1, 0], [[3, 3]], []],
    ['no pod may be missing: one ready, one down', 3, careful, [1, 1], [[3, 3]], ['old0=2']],
    [
      'broken old pods go first, whatever their set',
      3,
      rolling,
      [1, 0],
      [
        [1, 1],
        [2, 1],
      ],
      ['old1=1'],
    ],
    ['the last old pods go', 3, rolling, [3, 3], [[1, 1]], ['old0=0']],
    ['done', 3, rolling, [3, 3], [[0, 0]], []],
    ['scaled down', 1, rolling, [3, 3], [], ['new=1']],
    ['recreate: all old ones', 3, { type: 'Recreate' }, [0, 0], [[3, 3]], ['old0=0']],
    ['recreate: then the new', 3, { type: 'Recreate' }, [0, 0], [[0, 0]], ['new=3']],
  ])('%s', (_name, replicas, strategy, [wanted, available], old, want) => {
    const steps = nextStep(
      deployment(replicas, strategy),
      set('new', wanted, available),
      old.map(([w, a], i) => set(`old${i}`, w, a)),
    );
    expect(steps.map((s) => `${s.set.metadata.name}=${s.replicas}`)).toEqual(want);
  });
});
