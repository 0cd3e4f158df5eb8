import type { KubeApi } from '../../mesh/kube/api.ts';
import type { KindTable } from '../../mesh/kube/kind-info.ts';
import type { ProxyAdmin } from '../../mesh/kube/proxy-admin.ts';
import type { PodRef } from '../../mesh/kube/runtime.ts';
import type { Where } from '../../mesh/problem.ts';
import type { Observation } from '../observe/observation.ts';

/** How a client outside of the cluster speaks TLS. Secrets are those of the mesh, as a kubernetes.io/tls or generic one. */
export interface ClientTls {
  /** Server name, which the certificate is checked against as well; default: the Host header, else the host of the url. */
  serverName?: string;
  /** Takes any certificate. */
  insecure?: boolean;
  /** Whom to trust: `ca.crt` or `cacert` of this Secret, else its own certificate. Default: the authorities that Node trusts. */
  ca?: SecretName;
  /** The client's own certificate. */
  certificate?: SecretName;
}

export interface SecretName {
  namespace: string;
  name: string;
}

/** One stream of requests, resolved: defaults filled, sender named. */
export interface TrafficPlan {
  id: string;
  /** The app label and namespace of the pod that sends; the app `edge` is a client outside of the cluster: see edge.ts. */
  from: { namespace: string; app: string };
  request: {
    url: string;
    method: string;
    headers: { [name: string]: string };
    body?: string;
    timeoutMs: number;
    tls?: ClientTls;
  };
  /** What one observation is: a request (connections are kept alive) or a connection (a new one each time). */
  unit: 'request' | 'connection';
  concurrency: number;
  /** Requests per second; absent: as fast as the answers come. */
  rate?: number;
  /** Ends after so many observations or so much time, whichever comes first; the consumer may end it earlier. */
  limit: { requests?: number; durationMs?: number };
}

export interface MeshRequest {
  profile: string;
  dataPlane: 'sidecar' | 'ambient';
  seed: number;
  signal: AbortSignal;
}

/** Event-loop delay of the processes that could have disturbed a measurement; milliseconds. */
export interface LoopDelay {
  process: string;
  p99Ms: number;
  maxMs: number;
}

/** A mesh that was opened. Everything it started ends with `close`. */
export interface Mesh {
  readonly api: KubeApi;
  /** Name and version of what runs, e.g. `{ envoy: '1.40.0', istio: '1.32.0' }`. */
  readonly versions: { [component: string]: string };
  /** How a person reaches it while it is kept (`--keep`), one line each: the API's address, a kubeconfig, admin sockets. */
  readonly reach?: readonly string[];
  admin(pod: PodRef): ProxyAdmin;
  /** Waits until every pod is Ready and every proxy has accepted or refused the newest configuration. Throws a ProblemError at the deadline. */
  settle(deadlineMs: number, signal: AbortSignal): Promise<void>;
  /** Sends traffic; yields observations in send order. Ending the iteration ends the traffic. */
  send(plan: TrafficPlan, signal: AbortSignal): AsyncIterable<Observation>;
  /** Event-loop delays since the last call. */
  loopDelays(): Promise<LoopDelay[]>;
  /** Removes everything that labs applied (namespaces, objects), so that the next run starts from the same state. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** What a place can do, as data; a lab that needs more is skipped with the reason. */
export interface Capabilities {
  dataPlanes: readonly ('sidecar' | 'ambient')[];
  /** Simulated time: `wait-virtual` costs nothing. */
  virtualTime: boolean;
}

/** Why an answer was as it was, in sentences; none when that cannot be told. Rejects when the mesh cannot be asked. */
export type Why = (question: WhyQuestion) => Promise<string[]>;

export interface WhyQuestion {
  mesh: Mesh;
  /** The traffic that was sent, and one of its answers. */
  plan: Pick<TrafficPlan, 'id' | 'from' | 'request'>;
  observation: Observation;
  /** Where a field of an object was written. */
  locate<Named extends { kind: string; namespace: string; name: string; field?: string }>(named: Named): Named & Where;
  kinds: KindTable;
  seed: number;
}

export type Progress = (step: string) => void;

export interface Place {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Why this place cannot be had here (with the fix), or undefined when it can. Cheap: nothing is started. */
  unavailable(): Promise<{ what: string; fix: string } | undefined>;
  open(request: MeshRequest, progress: Progress): Promise<Mesh>;
}
