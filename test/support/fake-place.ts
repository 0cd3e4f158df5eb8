import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { ProxyStatus } from '../../mesh/kube/proxy-admin.ts';
import type { PodRef } from '../../mesh/kube/runtime.ts';
import { type Random, seededRandom } from '../../mesh/world/random.ts';
import type { TrafficRecord } from '../../runner/observe/identify.ts';
import type { LoopDelay, Mesh, Place, TrafficPlan } from '../../runner/place/place.ts';
import { type FakeKube, fakeKube } from './fake-kube.ts';

export interface Call {
  kube: FakeKube;
  traffic: TrafficPlan;
  random: Random;
}

/** What the fake does; every member has a harmless default, so that a test names only what it is about. */
export interface FakeWorld {
  answer(call: Call): Partial<TrafficRecord>;
  configDump(kube: FakeKube, pod: PodRef): JsonObject;
  status(pod: PodRef): ProxyStatus;
  /** Looked at before every observation: may end the traffic, throw, or change the mesh. */
  disturb(index: number, kube: FakeKube): 'end' | 'skip' | undefined;
  settle(kube: FakeKube): Promise<void>;
  admit(object: KubeObject): string | undefined;
  open(): Promise<void>;
  /** Objects that survive a reset, as a mesh that does not reset itself would have. */
  reset(kube: FakeKube): void;
  delays: LoopDelay[];
  unavailable?: { what: string; fix: string };
}

const synced: ProxyStatus = {
  ...({ listeners: 'SYNCED', routes: 'SYNCED', clusters: 'SYNCED', endpoints: 'SYNCED' } as const),
  rejections: [],
};

const harmless: FakeWorld = {
  answer: () => ({ status: 200 }),
  configDump: () => ({ configs: [] }),
  status: () => synced,
  disturb: () => undefined,
  settle: async () => undefined,
  admit: () => undefined,
  open: async () => undefined,
  reset: (kube) => kube.clear(),
  delays: [],
};

export interface FakePlace extends Place {
  /** What was done with the place, in order: `open`, `reset`, `close`, `send calls 480`. */
  readonly log: string[];
}

export function fakePlace(given: Partial<FakeWorld> = {}, name = 'local'): FakePlace {
  const world = { ...harmless, ...given };
  const log: string[] = [];
  return {
    name,
    log,
    capabilities: { dataPlanes: ['sidecar'], virtualTime: false },
    unavailable: async () => world.unavailable,
    async open(request) {
      await world.open();
      log.push('open');
      return fakeMesh(world, log, request.seed);
    },
  };
}

function fakeMesh(world: FakeWorld, log: string[], seed: number): Mesh {
  const kube = fakeKube(world.admit);
  const random = seededRandom(seed);
  return {
    api: kube,
    versions: { envoy: '9.9.9' },
    admin: (pod) => ({
      configDump: async () => world.configDump(kube, pod),
      clusters: async () => ({}),
      certificates: async () => ({}),
      stats: async () => new Map(),
      logging: async () => '',
      status: async () => world.status(pod),
    }),
    settle: () => world.settle(kube),
    send: (traffic, signal) => answers({ world, kube, random, log }, traffic, signal),
    loopDelays: async () => world.delays,
    async reset() {
      log.push('reset');
      world.reset(kube);
    },
    async close() {
      log.push('close');
    },
  };
}

type Sending = { world: FakeWorld; kube: FakeKube; random: Random; log: string[] };

async function* answers({ world, kube, random, log }: Sending, traffic: TrafficPlan, signal: AbortSignal) {
  const { method, url } = traffic.request;
  let index = 0;
  try {
    for (; index < (traffic.limit.requests ?? Number.POSITIVE_INFINITY); index++) {
      // Traffic that has no end of its own lets the steps beside it go on.
      if (traffic.limit.requests === undefined) await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      const disturbance = world.disturb(index, kube);
      if (disturbance === 'end') return;
      if (disturbance === 'skip') continue;
      const record = { headers: {}, body: '', latencyMs: 1, request: { method, url }, index };
      yield { ...record, ...world.answer({ kube, traffic, random }) };
    }
  } finally {
    log.push(`send ${traffic.id} ${index}`);
  }
}
