import type { XdsConfig } from '../istiod/xds/types.ts';
import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import type { Clock } from '../world/clock.ts';
import type { Timer } from '../world/event-queue.ts';
import { certificates, clusterStatuses, configDump } from './runtime/admin.ts';
import type { ClientError, ClientOutcome } from './runtime/app-client.ts';
import type { EnvoyProxy } from './runtime/proxy.ts';
import {
  type Apps,
  headerMap,
  Mesh,
  type ServicePorts,
  type SimOptions,
  type SimRequest,
  textOf,
} from './runtime/sim.ts';
import { namedSamples, type Sample } from './stats/metrics.ts';
import type { NodeInfo, TraceEvent } from './types.ts';

export type { ClientError } from './runtime/app-client.ts';
export type { AppPort, AppRequest, AppResponse, AppStream } from './runtime/app-server.ts';
export type {
  AppFetchOptions,
  AppFetchResponse,
  Apps,
  AppWorld,
  ClientTls,
  ServicePorts,
  SimOptions,
  SimRequest,
} from './runtime/sim.ts';
export type { Issue, Secret } from './tls/secrets.ts';

/** What one request yielded; the fields of runner's Observation that a place cannot know without the app are left to it. */
export interface SimObservation {
  /** Position in send order, from 0; `replay` takes it. */
  index: number;
  status?: number;
  headers: { [name: string]: string };
  body: string;
  error?: ClientError;
  /** Virtual milliseconds. */
  latencyMs: number;
  /** Response flags of the proxy that decided, e.g. `URX,UF`; absent when there are none. */
  flags?: string;
  /** Response code details of that proxy. */
  details?: string;
  request: { method: string; url: string };
}

/** What happened to one request, hop by hop. */
export interface Trace {
  index: number;
  events: TraceEvent[];
  observation: SimObservation;
}

/** One proxy's admin interface; the shape of mesh/kube's ProxyAdmin where both overlap. */
export interface SimAdmin {
  configDump(options?: { eds?: boolean }): JsonObject;
  clusters(): JsonObject;
  /** Istio's metrics are among them when `filter` names `istio_`; see namedSamples. */
  stats(filter?: string): Map<string, number>;
  certificates(): JsonObject;
  /** Istio's standard metrics, as the proxy's /stats/prometheus would show them. */
  metrics(): Sample[];
  /** Resources that Envoy would have refused in the last update. */
  rejections(): readonly Problem[];
  /** What is configured and not interpreted. */
  reports(): readonly Problem[];
}

export interface MeshSim {
  addProxy(node: NodeInfo): void;
  removeProxy(nodeId: string): void;
  /** Replaces a proxy's whole configuration. `config` must not be changed afterwards. Throws a RangeError for an unknown proxy. */
  update(nodeId: string, config: XdsConfig): void;
  /** (Re)starts the apps at an address. `namespace` is for short names, as in resolv.conf. */
  attach(ip: string, namespace: string, apps: Apps): void;
  /** The pod is gone: connections to its address are refused. */
  detach(ip: string): void;
  /**
   * A virtual address behind which stand other addresses, by port, each equally likely for whoever comes without a proxy that
   * decides (kube-proxy). No ports: the address is gone.
   */
  service(ip: string, ports: ServicePorts): void;
  /** Resolves once `run` has brought the answer; never rejects. */
  send(request: SimRequest): Promise<SimObservation>;
  /** As `send`, without a promise. `done` may be called before this returns. Returns the index. */
  dispatch(request: SimRequest, done: (observation: SimObservation) => void): number;
  /** Runs until nothing is left to do. */
  run(): Promise<void>;
  runFor(milliseconds: number): Promise<void>;
  /** Calls back after some virtual milliseconds. */
  after(milliseconds: number, run: () => void): void;
  /** Milliseconds since the epoch, virtual. */
  now(): number;
  /** The same time for what stands beside the data plane (controllers). */
  readonly clock: Clock;
  /** Runs everything again, from the seed up to the end of this request, and tells what happened to it. Throws a RangeError for an unknown index. */
  replay(index: number): Promise<Trace>;
  /** Sends a request, runs until nothing is left to do, and tells what happened to it. Only with the option `traces`; throws an Error without. */
  trace(request: SimRequest): Promise<Trace>;
  /** Makes the proxy of an address only when a connection leaves or reaches it: `connect` adds it. Nothing can be replayed then. */
  whenReached(ip: string, connect: () => void): void;
  admin(nodeId: string): SimAdmin;
}

/** One outside act and when it came; with them, a run can be repeated. */
interface Entry {
  step: number;
  elapsed: number;
  /** Absent for requests sent, of which `from` to `to` (exclusive) are the indices. */
  act?: (mesh: Mesh) => void;
  from: number;
  to: number;
}

/** Does what is asked of a mesh, and writes down what a replay needs. */
function recorder(mesh: Mesh) {
  const journal: Entry[] = [];
  const requests: SimRequest[] = [];
  const note = (act: (mesh: Mesh) => void) => {
    const { steps: step, elapsed } = mesh.clock;
    journal.push({ step, elapsed, act, from: 0, to: 0 });
  };
  return {
    journal,
    requests,
    act(what: (mesh: Mesh) => void) {
      note(what);
      what(mesh);
    },
    /** Notes that something outside waits, so that a replay takes the same steps; returns what notes that it no longer does. */
    timer(milliseconds: number): () => void {
      const timers = new WeakMap<Mesh, Timer>();
      note(
        (again) =>
          void timers.set(
            again,
            again.clock.after(milliseconds, () => undefined),
          ),
      );
      return () => note((again) => timers.get(again)?.cancel());
    },
    /** Requests of one instant share an entry. */
    request(request: SimRequest): number {
      const index = requests.push(request) - 1;
      const { steps: step, elapsed } = mesh.clock;
      const last = journal[journal.length - 1];
      if (last && !last.act && last.step === step && last.elapsed === elapsed) last.to = index + 1;
      else journal.push({ step, elapsed, from: index, to: index + 1 });
      return index;
    },
  };
}

/** A data plane under virtual time that repeats exactly from its seed and the acts upon it. */
export function createMeshSim(options: SimOptions): MeshSim {
  const mesh = new Mesh(options);
  const record = recorder(mesh);
  const { act, journal, requests } = record;
  const dispatch: MeshSim['dispatch'] = (request, done) => {
    const index = record.request(request);
    sendObserved(mesh, { request, index }, done);
    return index;
  };
  return {
    addProxy: (node) => act((m) => m.addProxy(node)),
    removeProxy: (id) => act((m) => m.removeProxy(id)),
    update: (id, config) => act((m) => m.update(id, config)),
    attach: (ip, namespace, apps) => act((m) => m.attach(ip, namespace, apps)),
    detach: (ip) => act((m) => m.detach(ip)),
    service: (ip, ports) => act((m) => m.service(ip, ports)),
    send: (request) => mesh.clock.promise((resolve) => dispatch(request, resolve)),
    dispatch,
    run: () => mesh.clock.run(),
    runFor: (milliseconds) => mesh.clock.runFor(milliseconds),
    now: () => mesh.clock.now(),
    after: (milliseconds, run) => {
      record.timer(milliseconds);
      mesh.clock.after(milliseconds, run);
    },
    clock: {
      now: () => mesh.clock.now(),
      sleep: (milliseconds, signal) => {
        const forget = record.timer(milliseconds);
        signal?.addEventListener('abort', forget, { once: true });
        return mesh.clock.sleep(milliseconds, signal).then(() => signal?.removeEventListener('abort', forget));
      },
    },
    replay: (index) => {
      const request = requests[index];
      if (!request) throw new RangeError(`no request ${index}; there were ${requests.length}`);
      return replay({ ...options, onLog: () => undefined }, { journal, requests }, { request, index });
    },
    trace: (request) => {
      if (!options.traces) throw new Error('a mesh that traces needs the option `traces`');
      return traced(mesh, { request, index: record.request(request) });
    },
    whenReached: (ip, connect) => mesh.whenReached(ip, connect),
    admin: (id) => adminOf(mesh, id),
  };
}

interface Tracing {
  trace: Trace;
  answered: boolean;
}

/** A request with a sink, now; the trace is whole once the mesh has come to rest. */
function beginTrace(mesh: Mesh, { request, index }: { request: SimRequest; index: number }): Tracing {
  const never: ClientError = { code: 'OTHER', message: 'no answer came, and nothing is left that could bring one' };
  const observation = observe({ error: never }, { request, index, latencyMs: 0 });
  const tracing: Tracing = { trace: { index, events: [], observation }, answered: false };
  const { trace } = tracing;
  const start = mesh.clock.now();
  const sink = { record: (event: TraceEvent) => void trace.events.push({ ...event, at: event.at - start }) };
  sendObserved(mesh, { request, index, sink }, (found) => {
    trace.observation = found;
    tracing.answered = true;
  });
  return tracing;
}

async function traced(mesh: Mesh, wanted: { request: SimRequest; index: number }): Promise<Trace> {
  const { trace } = beginTrace(mesh, wanted);
  await mesh.clock.run();
  return trace;
}

function sendObserved(
  mesh: Mesh,
  { request, index, sink }: { request: SimRequest; index: number; sink?: { record(event: TraceEvent): void } },
  done: (observation: SimObservation) => void,
): void {
  const start = mesh.clock.elapsed;
  mesh.send(
    request,
    (outcome) => done(observe(outcome, { request, index, latencyMs: mesh.clock.elapsed - start })),
    sink,
  );
}

function observe(
  { response, error }: ClientOutcome,
  { request, index, latencyMs }: { request: SimRequest; index: number; latencyMs: number },
): SimObservation {
  const asked = { method: request.method ?? 'GET', url: request.url };
  if (error) return { index, headers: {}, body: '', error, latencyMs, request: asked };
  const { decided } = response;
  return {
    index,
    status: response.status,
    headers: headerMap(response.headers),
    body: textOf(response.body),
    latencyMs,
    ...(decided?.flags ? { flags: decided.flags } : {}),
    ...(decided ? { details: decided.details } : {}),
    request: asked,
  };
}

async function replay(
  options: SimOptions,
  { journal, requests }: { journal: readonly Entry[]; requests: readonly SimRequest[] },
  wanted: { request: SimRequest; index: number },
): Promise<Trace> {
  const mesh = new Mesh(options, true);
  let tracing: Tracing | undefined;
  for (const { step, elapsed, act, from, to } of journal) {
    await mesh.clock.runToStep(step);
    mesh.clock.jumpTo(elapsed);
    act?.(mesh);
    for (let i = from; i < to && !tracing?.answered; i++) {
      const request = requests[i];
      if (i === wanted.index) tracing = beginTrace(mesh, wanted);
      else if (request) mesh.send(request, () => undefined);
    }
    if (tracing?.answered) break;
  }
  // What proxies do after the answer belongs to it, too: a copy, the end of a request that was given up.
  await mesh.clock.run();
  return (tracing ?? beginTrace(mesh, wanted)).trace;
}

function adminOf(mesh: Mesh, id: string): SimAdmin {
  const proxy = (): EnvoyProxy => {
    const found = mesh.proxies.get(id);
    if (!found) throw new RangeError(`no proxy ${id}`);
    return found;
  };
  return {
    configDump: (options) => configDump(proxy(), options),
    clusters: () => clusterStatuses(proxy()),
    stats(filter) {
      const { stats, metrics } = proxy();
      return new Map([...stats.read(filter), ...namedSamples(() => metrics.samples(), filter)]);
    },
    certificates: () => certificates(proxy()),
    metrics: () => proxy().metrics.samples(),
    rejections: () => proxy().rejections,
    reports: () => proxy().reports,
  };
}
