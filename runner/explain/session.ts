import type { SimRequest, Trace } from '../../mesh/envoy/mesh-sim.ts';
import { isObject, objects } from '../../mesh/json.ts';
import { ApiError } from '../../mesh/kube/api.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { type Problem, ProblemError } from '../../mesh/problem.ts';
import { comeToRest, type SimParts } from '../place/sim/opened-sim.ts';
import { openSim } from '../place/sim/sim.ts';
import { anyImage } from './any-image.ts';
import { fromOf } from './from.ts';
import { Outside } from './outside.ts';
import type { Question, Sender } from './question.ts';
import { type TraceWorld, worldOf } from './world.ts';

export type { Question, Sender };

export interface Answer {
  trace: Trace;
  world: TraceWorld;
  /** The pod that sent. */
  sender: Sender;
  /** What was assumed, and what proxies refused or the interpreter does not know. */
  notes: Problem[];
}

/** A mesh that can be asked more than once; what an answer changed (connections, limits) stays changed for the next. */
export interface Asked {
  ask(request: Question['request'], crowd?: number): Promise<Answer>;
  close(): void;
}

/** Builds the mesh of the objects, sends one request through it, and tells what happened to it. Throws ProblemErrors. */
export async function ask(question: Question): Promise<Answer> {
  const mesh = await openAsked(question);
  try {
    return await mesh.ask(question.request, question.crowd);
  } finally {
    mesh.close();
  }
}

/** The mesh of the objects, with the sender of the question ready to send. Throws ProblemErrors. */
export async function openAsked({ objects: written, from, request, seed, meshConfig }: Question): Promise<Asked> {
  const url = urlOf(request.url);
  const all = new Set(written.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  const given = written.filter((object) => !isMade(object, all)).map(asWritten);
  const outside = new Outside(given, url);
  const options = { seed, anyImage: anyImage(given), outside: outside.resolve, onDemand: true };
  const parts = await openSim({ ...options, ...(meshConfig && { meshConfig }) });
  try {
    outside.attach(parts.dataplane, portsOf(given, url));
    const notes = await applyAll(given, parts);
    const { sender, way } = fromOf(from, parts);
    const world = worldOf(parts, outside);
    return {
      async ask(asked, crowd = 0) {
        const trace = await traced({ ...way(asked), ...asked }, crowd, parts);
        return { trace, world, sender, notes: [...notes, ...doubts(parts)] };
      },
      close: () => parts.controllers.stop(),
    };
  } catch (error) {
    parts.controllers.stop();
    throw error;
  }
}

const signal = () => new AbortController().signal;

/** Long enough for every timeout of a mesh, so that only what waits for ever is given up. */
const patienceMs = 3_600_000;

async function traced(request: SimRequest, crowd: number, { dataplane }: SimParts): Promise<Trace> {
  for (let lane = 1; lane <= crowd; lane++)
    dataplane.dispatch({ timeoutMs: patienceMs, lane: String(lane), ...request }, () => undefined);
  return dataplane.trace({ timeoutMs: patienceMs, ...request });
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.hostname) return url;
  throw new ProblemError({
    what: `${text} is no URL that can be sent to`,
    fix: 'write http://HOST[:PORT]/PATH, as the app would',
  });
}

/** What every cluster has of its own, the simulated one too. */
const ofCluster: readonly string[] = ['Node', 'Event', 'Lease'];

/** Objects that a controller makes again from its owner, which is there too; and those that say so themselves. */
function isMade({ kind, metadata }: KubeObject, all: ReadonlySet<string>): boolean {
  if (ofCluster.includes(kind)) return true;
  if (kind === 'EndpointSlice' && metadata.labels?.['endpointslice.kubernetes.io/managed-by']) return true;
  const owner = metadata.ownerReferences?.find((o) => o.controller);
  return owner !== undefined && all.has(`${owner.kind} ${owner.name}`);
}

/** Without what a cluster had added: it would refer to objects that are not here. Of a pod, address and node are new ones. */
function asWritten(object: KubeObject): KubeObject {
  const { uid, resourceVersion, generation, managedFields, ownerReferences, creationTimestamp, ...metadata } =
    object.metadata as KubeObject['metadata'] & { managedFields?: unknown };
  const { status, ...rest } = object;
  if (object.kind !== 'Pod' || !isObject(rest.spec)) return { ...rest, metadata };
  const { nodeName, ...spec } = rest.spec;
  return { ...rest, metadata, spec };
}

async function applyAll(given: readonly KubeObject[], parts: SimParts): Promise<Problem[]> {
  const namespaces = given.filter((o) => o.kind === 'Namespace');
  const known = new Set(namespaces.map((o) => o.metadata.name));
  const used = [...new Set(given.flatMap((o) => o.metadata.namespace ?? []))];
  const missing = used.filter((name) => !known.has(name));
  // Those of the cluster and of Istio itself are never injected, and some are there from the beginning.
  const there = (name: string) => parts.store.get({ apiVersion: 'v1', kind: 'Namespace', name }) !== undefined;
  const own = missing.filter((name) => ofSystem.test(name) && !there(name));
  const assumed = missing.filter((name) => !ofSystem.test(name));
  const rest = given.filter((o) => o.kind !== 'Namespace');
  for (const object of [
    ...namespaces,
    ...own.map((n) => namespace(n)),
    ...assumed.map((n) => namespace(n, inMesh)),
    ...rest,
  ])
    await apply(object, parts);
  await comeToRest(parts, signal());
  return assumed.map((name) => ({
    what: `namespace ${name} is not in the files; taken as one with sidecar injection`,
    fix: `add the Namespace, with the label istio-injection: enabled if it has it`,
  }));
}

const ofSystem = /^(kube|istio)-/;
const inMesh = { 'istio-injection': 'enabled' };
const namespace = (name: string, labels: { [key: string]: string } = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** One second later each: age decides many conflicts. */
async function apply(object: KubeObject, { api, dataplane }: SimParts): Promise<void> {
  try {
    await api.apply(object, { fieldManager: 'explain', force: true });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { kind, metadata } = object;
    const name = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
    throw new ProblemError({ what: error.message, where: { object: `${kind} ${name}` } });
  }
  await dataplane.runFor(1000);
}

const doubts = ({ control, dataplane }: SimParts): Problem[] => {
  const found = control.nodes().flatMap((id) => {
    const admin = dataplane.admin(id);
    return [...admin.rejections(), ...admin.reports()];
  });
  return [...new Map(found.map((problem) => [problem.what, problem])).values()];
};

/** Ports that hosts outside are asked on. */
function portsOf(given: readonly KubeObject[], url: URL): number[] {
  const entries = given.filter((o) => o.kind === 'ServiceEntry' && isObject(o.spec));
  const told = entries.flatMap(({ spec }) => objects(spec?.ports).flatMap((p) => [p.number, p.targetPort]));
  const asked = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return [...new Set([asked, 80, 443, ...told.filter((p) => typeof p === 'number')])];
}
