import type { Clock } from '../../world/clock.ts';
import { ApiError } from '../api.ts';
import type { PodRuntime } from '../runtime.ts';
import type { Store, StoreEvent } from '../store.ts';
import { type Controller, isKind, type Key, keyOf } from './controller.ts';
import { deploymentController } from './deployment/controller.ts';
import { endpointSliceController } from './endpoint-slice.ts';
import { kubeletController } from './kubelet/controller.ts';
import { loadBalancerController } from './load-balancer.ts';
import { namespaceController } from './namespace.ts';
import { nodeController } from './node.ts';
import { replicaSetController } from './replica-set.ts';
import { schedulerController } from './scheduler.ts';

/** One line per controller. */
const controllers: readonly Controller[] = [
  nodeController,
  namespaceController,
  deploymentController,
  replicaSetController,
  schedulerController,
  kubeletController,
  endpointSliceController,
  loadBalancerController,
];

export interface ControllersOptions {
  store: Store;
  runtime: PodRuntime;
  clock: Clock;
  /** Further controllers, of whatever is installed in the cluster. */
  more?: readonly Controller[];
}

export interface Controllers {
  /** Resolves when no controller has anything to do and no container is being started or stopped; rejects with a controller's failure. */
  idle(): Promise<void>;
  /** Ends reacting; running containers are left to the runtime. */
  stop(): void;
}

/** Starts all controllers: first over what the store holds, then over each change, one key at a time in order of arrival. */
export function startControllers(options: ControllersOptions): Controllers {
  return new ControllerLoop(options, [...controllers, ...(options.more ?? [])]);
}

interface Started {
  controller: Controller;
  reconcile(key: Key): void;
}

/** Tries of one key in a row before a refusal counts as a failure. */
const maxTries = 10;

/** Steps in one go before the loop is taken for endless: two controllers that undo each other's work. */
const maxSteps = 20_000;

class ControllerLoop implements Controllers {
  readonly #store: Store;
  readonly #started: Started[];
  /** Waiting work by `controller namespace/name`, in order. */
  readonly #queue = new Map<string, { started: Started; key: Key; tries: number }>();
  readonly #failures: unknown[] = [];
  readonly #unsubscribe: () => void;
  readonly #waiting: (() => void)[] = [];
  #tracked = 0;
  #scheduled = false;
  #stopped = false;

  constructor({ store, runtime, clock }: ControllersOptions, all: readonly Controller[]) {
    this.#store = store;
    this.#started = all.map((controller) => {
      const requeue = (key: Key) => this.#enqueue(started, key);
      const running = controller.start({ store, runtime, clock, track: (work) => this.#track(work), requeue });
      const started: Started = { controller, reconcile: (key) => running.reconcile(key) };
      return started;
    });
    this.#unsubscribe = store.subscribe((event) => this.#onEvent(event));
    this.#enqueuePresent();
  }

  async idle(): Promise<void> {
    while (!this.#isIdle()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const [first, ...more] = this.#failures.splice(0);
    if (first === undefined) return;
    throw more.length === 0 ? first : new AggregateError([first, ...more], 'controllers failed');
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    this.#queue.clear();
    this.#settle();
  }

  #enqueuePresent(): void {
    for (const started of this.#started) {
      for (const { kind } of started.controller.watches) {
        for (const object of this.#store.list(kind))
          this.#onEvent({ type: 'ADDED', object, revision: this.#store.revision });
      }
    }
  }

  #onEvent(event: StoreEvent): void {
    for (const started of this.#started) {
      for (const watch of started.controller.watches) {
        if (!isKind(event.object, watch.kind)) continue;
        const keys = watch.keys?.(event, this.#store) ?? [keyOf(event.object)];
        for (const key of keys) this.#enqueue(started, key);
      }
    }
  }

  #enqueue(started: Started, key: Key, tries = 0): void {
    if (this.#stopped) return;
    const id = `${started.controller.name} ${key.namespace}/${key.name}`;
    if (!this.#queue.has(id)) this.#queue.set(id, { started, key, tries });
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Not inside the write that woke us: a writer gets its answer before the world goes on.
    queueMicrotask(() => this.#drain());
  }

  #drain(): void {
    let steps = 0;
    for (const [id, { started, key, tries }] of this.#queue) {
      this.#queue.delete(id);
      steps += 1;
      if (steps > maxSteps) {
        this.#queue.clear();
        this.#failures.push(new Error(`controllers do not come to rest; the last was ${id}`));
      }
      this.#reconcile(started, key, tries);
    }
    this.#scheduled = false;
    this.#settle();
  }

  #reconcile(started: Started, key: Key, tries: number): void {
    try {
      started.reconcile(key);
    } catch (error) {
      // Somebody else wrote first: look again. All else is a failure that idle() tells.
      const conflict = error instanceof ApiError && error.code === 409 && tries < maxTries;
      if (conflict) this.#enqueue(started, key, tries + 1);
      else this.#failures.push(error);
    }
  }

  #track(work: Promise<void>): void {
    this.#tracked += 1;
    work
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => {
        this.#tracked -= 1;
        this.#settle();
      });
  }

  #isIdle = () => this.#stopped || (this.#queue.size === 0 && this.#tracked === 0);

  #settle(): void {
    if (!this.#isIdle()) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
