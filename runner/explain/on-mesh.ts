import type { KubeObject } from '../../mesh/kube/objects.ts';
import { ProblemError } from '../../mesh/problem.ts';
import type { Mesh, TrafficPlan, WhyQuestion } from '../place/place.ts';
import { OpenedSim } from '../place/sim/opened-sim.ts';
import { explanationOf } from './explain.ts';
import type { Explanation, Locate } from './explanation.ts';
import { type LogFacts, parseLogLine } from './log.ts';
import { senderOf } from './sender.ts';
import { ask } from './session.ts';
import { objectsIn } from './why.ts';
import { worldOf } from './world.ts';

export interface MeshQuestion extends Pick<WhyQuestion, 'mesh' | 'kinds' | 'seed'> {
  from: string;
  request: { url: string; method: string; headers: { [name: string]: string }; body?: string };
  locate: Locate;
  signal: AbortSignal;
}

/** A line of a real Envoy's access log, and whether the prediction has the same line at a pod of this workload. */
export interface Logged {
  pod: string;
  facts: LogFacts;
  predicted: boolean;
}

export interface OnMesh {
  explanation: Explanation;
  /** Of a mesh of real Envoys, whose explanation is a prediction: what they logged of the same request. */
  logged?: Logged[];
}

const pods = { apiVersion: 'v1', kind: 'Pod' };

/** Sends one request through an open mesh. On sim its own trace tells; elsewhere a simulation of the same objects predicts. Throws ProblemErrors. */
export async function explainOn(question: MeshQuestion): Promise<OnMesh> {
  const { mesh, from, request, seed, signal } = question;
  const pod = senderOf(from, (await mesh.api.list(pods)).items);
  const plan = planOf(pod, request);
  if (mesh instanceof OpenedSim) return { explanation: await traced(mesh, { question, pod, plan }) };
  await logAll(mesh, signal);
  const objects = await objectsIn(question);
  const answer = await ask({ objects, from: `${plan.from.app}.${plan.from.namespace}`, request, seed });
  const explanation = explanationOf({ ...answer, locate: question.locate, headers: request.headers });
  const before = new Set((await linesOf(mesh)).map(({ line }) => line));
  await sendOne(mesh, plan, signal);
  const wanted = explanation.hops.flatMap(({ place, log = [] }) => log.map((facts) => keyOf(place, facts)));
  const lines = await newLines(mesh, before, wanted.length);
  return { explanation, logged: lines.map(({ pod: at, facts }) => loggedAt(at, facts, wanted)) };
}

async function traced(
  mesh: OpenedSim,
  { question, pod, plan }: { question: MeshQuestion; pod: KubeObject; plan: TrafficPlan },
): Promise<Explanation> {
  await sendOne(mesh, plan, question.signal);
  const trace = await mesh.trace(plan.id, 0);
  if (!trace) throw new ProblemError({ what: 'the request was not sent' });
  const { name, namespace = 'default' } = pod.metadata;
  const proxied = JSON.stringify(pod.spec).includes('"istio-proxy"');
  const sender = { name, namespace, proxied };
  const { locate, request } = question;
  return explanationOf({ trace, world: worldOf(mesh.parts), locate, sender, headers: request.headers });
}

function planOf({ metadata }: KubeObject, request: MeshQuestion['request']): TrafficPlan {
  const app = metadata.labels?.app;
  if (app === undefined)
    throw new ProblemError({
      what: `pod ${metadata.name} has no label app, by which senders are found`,
      fix: 'give it one',
    });
  const { namespace = 'default' } = metadata;
  return {
    id: 'explain',
    from: { app, namespace },
    request: { ...request, timeoutMs: 30_000 },
    unit: 'connection',
    concurrency: 1,
    limit: { requests: 1 },
  };
}

async function sendOne(mesh: Mesh, plan: TrafficPlan, signal: AbortSignal): Promise<void> {
  for await (const _ of mesh.send(plan, signal));
}

/** Every proxy logs every request; without it Envoy would have nothing to say. */
async function logAll(mesh: Mesh, signal: AbortSignal): Promise<void> {
  const { items } = await mesh.api.list(pods);
  for (const namespace of new Set(items.map(({ metadata }) => metadata.namespace ?? 'default')))
    await mesh.api.apply(
      {
        apiVersion: 'telemetry.istio.io/v1',
        kind: 'Telemetry',
        metadata: { name: 'explain', namespace },
        spec: { accessLogging: [{ providers: [{ name: 'envoy' }] }] },
      },
      { fieldManager: 'explain', force: true },
    );
  await mesh.settle(30_000, signal);
}

interface Line {
  pod: string;
  line: string;
  facts: LogFacts;
}

async function linesOf(mesh: Mesh): Promise<Line[]> {
  const found: Line[] = [];
  for (const { metadata, spec } of (await mesh.api.list(pods)).items) {
    if (!JSON.stringify(spec).includes('"istio-proxy"')) continue;
    const { name, namespace = 'default' } = metadata;
    for await (const line of mesh.api.logs({ name, namespace }, { container: 'istio-proxy' })) {
      const facts = parseLogLine(line);
      if (facts) found.push({ pod: `${name}.${namespace}`, line, facts });
    }
  }
  return found;
}

/** Envoy writes its log now and then (place local: every 50 ms); what has not come after a second does not come. */
async function newLines(mesh: Mesh, before: ReadonlySet<string>, count: number): Promise<Line[]> {
  for (let tries = 0; ; tries++) {
    const fresh = (await linesOf(mesh)).filter(({ line }) => !before.has(line));
    if (fresh.length >= count || tries === 20) return fresh;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Pods of one workload are alike: their own part of the name does not count. */
const keyOf = (pod: string, { status, flags, details, cluster, route }: LogFacts): string =>
  [pod.replace(/-[a-z0-9]{5}(?=\.|$)/, ''), status, flags, details, cluster, route].join(' ');

function loggedAt(pod: string, facts: LogFacts, wanted: string[]): Logged {
  const at = wanted.indexOf(keyOf(pod, facts));
  if (at >= 0) wanted.splice(at, 1);
  return { pod, facts, predicted: at >= 0 };
}
