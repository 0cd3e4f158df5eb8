import type { SimRequest } from '../../mesh/envoy/mesh-sim.ts';
import { ProblemError } from '../../mesh/problem.ts';
import type { TrafficPlan } from '../place/place.ts';
import { edgeSender } from '../place/sim/edge.ts';
import type { SimParts } from '../place/sim/opened-sim.ts';
import { podKey } from '../place/sim/pod-runtime.ts';
import type { Question, Sender } from './question.ts';
import { senderOf } from './sender.ts';

type Asked = Question['request'];
/** What of a request depends on who sends it. */
type Way = Pick<SimRequest, 'from' | 'namespace' | 'to' | 'tls'>;

export interface From {
  sender: Sender;
  way(request: Asked): Way;
}

const podKind = { apiVersion: 'v1', kind: 'Pod' };

/** Who sends: a pod, or `edge`, the world outside, which is no pod. Throws a ProblemError when there is nobody. */
export function fromOf(name: string, parts: SimParts): From {
  const pods = parts.store.list(podKind);
  const outside = name.split('.')[0] === 'edge' && !pods.some(({ metadata }) => metadata.labels?.app === 'edge');
  return outside ? fromEdge(parts) : fromPod(senderOf(name, pods).metadata, parts);
}

function fromPod({ name, namespace = 'default' }: { name: string; namespace?: string }, { runtime }: SimParts): From {
  const place = runtime.pods.get(podKey({ name, namespace }));
  if (!place) throw new ProblemError({ what: `pod ${name}.${namespace} is not running, so it cannot send` });
  return {
    sender: { name, namespace, proxied: place.nodeId !== undefined },
    way: () => ({ from: place.ip, namespace }),
  };
}

function fromEdge(parts: SimParts): From {
  return {
    // Rules for clients have nothing to say about the world outside, so that it has no proxy needs no mention.
    sender: { name: 'edge', namespace: '', proxied: true, outside: true },
    way({ url, method = 'GET', headers = {} }) {
      const request = { url, method, headers, timeoutMs: 0 };
      const from = { app: 'edge', namespace: 'default' };
      const plan: TrafficPlan = { id: 'edge', from, request, unit: 'request', concurrency: 1, limit: { requests: 1 } };
      const { ip, namespace, to, tls } = edgeSender(parts, plan);
      return { from: ip, namespace, ...(to && { to }), ...(tls && { tls }) };
    },
  };
}
