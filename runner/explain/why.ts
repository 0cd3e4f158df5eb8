import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Observation } from '../observe/observation.ts';
import type { Mesh, Why, WhyQuestion } from '../place/place.ts';
import { OpenedSim } from '../place/sim/opened-sim.ts';
import { evidenceOf } from './evidence.ts';
import { type LogFacts, logInWords, parseLogLine } from './log.ts';
import { ask, type Sender } from './session.ts';
import { worldOf } from './world.ts';

/**
 * Why an answer was as it was. On sim its own trace tells, by replay. Elsewhere the same objects are simulated: that is a
 * prediction and says so, and Envoy's own log line stands beside it where the mesh logs.
 */
export const whyIn: Why = async (question) => {
  const { mesh } = question;
  return mesh instanceof OpenedSim ? traced(mesh, question) : predicted(question);
};

async function traced(mesh: OpenedSim, { plan, observation, locate }: WhyQuestion): Promise<string[]> {
  const trace = await mesh.trace(plan.id, observation.index);
  if (!trace) return [];
  const sender = await senderIn(mesh, plan.from);
  return evidenceOf({ trace, world: worldOf(mesh.parts), locate, sender, headers: plan.request.headers });
}

const pods = { apiVersion: 'v1', kind: 'Pod' };

/** Who sent: the first pod of the app, as places choose it; of traffic from outside there is none. */
async function senderIn(mesh: Mesh, { app, namespace }: { app: string; namespace: string }): Promise<Sender> {
  const [pod] = (await mesh.api.list(pods, { namespace, labelSelector: `app=${app}` })).items;
  if (!pod) return { name: app, namespace, proxied: true, outside: true };
  const containers = [pod.spec?.containers, pod.spec?.initContainers].flat();
  return { name: pod.metadata.name, namespace, proxied: JSON.stringify(containers).includes('"istio-proxy"') };
}

async function predicted(question: WhyQuestion): Promise<string[]> {
  const { mesh, plan, observation, locate, seed } = question;
  const { from, request } = plan;
  const objects = await objectsIn(question);
  const { trace, world, sender } = await ask({ objects, from: `${from.app}.${from.namespace}`, request, seed });
  const logged = await ownLine(mesh, await senderIn(mesh, from), observation);
  const log = logged === undefined ? [] : [`Envoy of ${from.app}.${from.namespace} logged: ${logInWords(logged)}`];
  const other = trace.observation.status;
  if (other !== observation.status)
    return [
      `a simulation of the same objects predicts ${other ?? 'no answer'}, so its trace tells nothing here`,
      ...log,
    ];
  const sentences = evidenceOf({ trace, world, locate, sender, headers: request.headers });
  return [...sentences.map((sentence, i) => (i === 0 ? `predicted by a simulation: ${sentence}` : sentence)), ...log];
}

/** Oldest first, as they would be given to a cluster again. */
export async function objectsIn({ mesh, kinds }: Pick<WhyQuestion, 'mesh' | 'kinds'>): Promise<KubeObject[]> {
  const lists = await Promise.all(kinds.all().map((kind) => mesh.api.list(kind)));
  const age = (object: KubeObject) => Date.parse(String(object.metadata.creationTimestamp ?? 0));
  return lists.flatMap(({ items }) => items).sort((a, b) => age(a) - age(b));
}

/** The last line of the sender's proxy with this status; undefined where it keeps no log. */
async function ownLine(mesh: Mesh, sender: Sender, { status = 0 }: Observation): Promise<LogFacts | undefined> {
  if (!sender.proxied || sender.outside) return undefined;
  let last: LogFacts | undefined;
  for await (const line of mesh.api.logs(sender, { container: 'istio-proxy', tailLines: 1000 })) {
    const facts = parseLogLine(line);
    if (facts?.status === status) last = facts;
  }
  return last;
}
