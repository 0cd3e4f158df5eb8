import type { JsonObject } from '../../json.ts';
import { type Random, seededRandom } from '../../world/random.ts';
import { ApiError } from '../api.ts';
import { type KindInfo, kindTable } from '../kind-info.ts';
import { createStore, type StoreOptions } from '../memory-store.ts';
import type { KubeObject, ObjectMeta, ObjectRef } from '../objects.ts';
import type { Store, StoreEvent } from '../store.ts';

const kind = (apiVersion: string, name: string, more: Partial<KindInfo> = {}): KindInfo => {
  const singular = name.toLowerCase();
  return { apiVersion, kind: name, plural: `${singular}s`, singular, shortNames: [], namespaced: true, ...more };
};

/** A few kinds of each sort, for tests that are not about the real table. */
export const testKinds = kindTable([
  kind('v1', 'Namespace', { namespaced: false, status: true }),
  kind('v1', 'Node', { namespaced: false, status: true }),
  kind('v1', 'ConfigMap'),
  kind('v1', 'Service', { status: true }),
  kind('v1', 'Pod', { status: true }),
  kind('apps/v1', 'Deployment', { status: true, scale: true }),
  kind('apps/v1', 'ReplicaSet', { status: true, scale: true }),
  kind('networking.istio.io/v1', 'VirtualService', {
    custom: true,
    status: true,
    alsoServed: ['networking.istio.io/v1beta1'],
  }),
]);

/** A clock that moves only by hand. */
export function handClock(start = Date.parse('2026-01-02T03:04:05Z')) {
  let milliseconds = start;
  return {
    now: () => milliseconds,
    sleep: () => Promise.reject(new Error('the store never sleeps')),
    advance(by: number) {
      milliseconds += by;
    },
  };
}

export interface TestStore {
  store: Store;
  clock: ReturnType<typeof handClock>;
  /** Events since the store was made, as `TYPE name`. */
  told: string[];
  events: StoreEvent[];
}

export function testStore(options: Partial<StoreOptions> & { random?: Random } = {}): TestStore {
  const clock = handClock();
  const store = createStore({ kinds: testKinds, clock, random: seededRandom(7), ...options });
  const told: string[] = [];
  const events: StoreEvent[] = [];
  store.subscribe((event) => {
    told.push(`${event.type} ${event.object.metadata.name}`);
    events.push(event);
  });
  return { store, clock, told, events };
}

export const refs = {
  namespace: (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Namespace', name }),
  configMap: (name: string, namespace?: string): ObjectRef => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    ...(namespace === undefined ? {} : { namespace }),
  }),
  pod: (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Pod', name }),
  deployment: (name: string): ObjectRef => ({ apiVersion: 'apps/v1', kind: 'Deployment', name }),
  replicaSet: (name: string): ObjectRef => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name }),
};

/** An object of a reference. */
export function object(
  { apiVersion, kind, name, namespace }: ObjectRef,
  rest: JsonObject & { metadata?: Partial<ObjectMeta> } = {},
): KubeObject {
  const place = namespace === undefined ? {} : { namespace };
  return { apiVersion, kind, ...rest, metadata: { name, ...place, ...rest.metadata } } as KubeObject;
}

/** The owner reference to a stored object. */
export const ownedBy = (owner: KubeObject, more: { blockOwnerDeletion?: boolean } = {}) => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  ...more,
});

/** The refusal that a call ends with, as `code reason: message`; `none` when it does not. */
export function refusal(call: () => unknown): string {
  try {
    call();
    return 'none';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `${error.code} ${error.reason}: ${error.message}`;
  }
}
