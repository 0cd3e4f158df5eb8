import type { Credential } from '../../mesh/istiod/ca/credentials.ts';
import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Random } from '../../mesh/world/random.ts';

/*
 * How to write a feature. A file features/<id>.ts exports a Feature; features/registry.ts has a line for it. `cases` makes
 * as many cases as are asked for, all from `random`. All cases of a feature run in one mesh (stage.ts tells who is in it):
 * their objects are put together, so each keeps to the names of its own `slot`, as `slot.host` in a VirtualService. Two
 * meshes are made of the same configuration, one of real Envoys and one interpreted; every request goes to both.
 *
 * Every app answers 200 with the name of its pod, or does what the header `x-do` says (app.ts), step by step for each
 * attempt: `503, reset, delay=100 200`. What apps saw, what the caller got, and every proxy's access log line are compared;
 * what may differ (dates, ids, real addresses) is blanked in normal.ts. Random choices: `spread`, an exact test (fisher.ts).
 *
 * Real time passes: keep waits below 300 ms; cases run side by side, the requests of one case one after the other.
 */

/** One part of what the interpreter does, and how to make configurations and requests that reach it. */
export interface Feature {
  id: string;
  title: string;
  /** Over the mesh's settings, e.g. `{ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }`. */
  mesh?: JsonObject;
  /** Objects that all cases share. */
  shared?: readonly JsonObject[];
  /** What the proxies counted is compared as well; cases then run one after the other. */
  stats?: true;
  /** More pods with sidecars; each is one more Envoy to start (about 0.2 s). */
  pods?: readonly PodSpec[];
  /** What SDS delivers beside the certificates of the mesh, by name (`kubernetes://x`, `file-root:/ca.pem`). */
  credentials?: () => Promise<ReadonlyMap<string, Credential>>;
  /** In place of stage.ts's pods, Services and settings. */
  world?: World;
  /** `count` cases; `slot(i)` is what case i may use. */
  cases(random: Random, count: number, slot: (index: number) => Slot): Case[];
}

/** Names and addresses that belong to one case alone. */
export interface Slot {
  index: number;
  /** `c17`: for the names of objects, which stand in namespace `diff`. */
  name: string;
  /** `c17.test`: for hosts of VirtualServices. */
  host: string;
  /** A virtual address, for a ServiceEntry's `addresses`. */
  vip: string;
  /** Addresses of apps without proxy (8080 HTTP, 9000 TCP), which are there when the case asks for `endpoints`. */
  ips: readonly string[];
}

/** A mesh that is there already, as a golden scenario. */
export interface World {
  /** All objects, pods and Services among them. */
  objects: readonly KubeObject[];
  mesh: JsonObject;
  pods: readonly PodSpec[];
  services: readonly ServiceSpec[];
}

export interface ServiceSpec {
  name: string;
  vip: string;
  pods: readonly PodSpec[];
  /** Ports of its pods by its own. */
  ports: { readonly [port: number]: number };
}

export interface PodSpec {
  name: string;
  namespace: string;
  ip: string;
  labels: { [name: string]: string };
  serviceAccount: string;
  /** Whether there is an app. Default true. */
  app?: boolean;
  /** Where it answers. Default 8080 (HTTP) and 9000 (TCP). */
  ports?: { readonly [port: number]: 'http' | 'tcp' };
  /** Default `sidecar`. */
  proxy?: 'sidecar' | 'gateway' | 'none';
}

export interface Case {
  /** What is special in it, for a reader. */
  name: string;
  objects: readonly JsonObject[];
  /** How many of the slot's `ips` have an app; the others refuse. */
  endpoints?: number;
  /** In turn; those of an inner list at once, each on a connection of its own. */
  requests: readonly (Request | readonly Request[])[];
  /**
   * `each` (default): every answer equal. `spread`: answers are counted by this key, and the counts of both sides are what one and
   * the same distribution gives.
   */
  spread?: (answer: Answer) => string;
}

export type Request = HttpRequest | TcpRequest;

interface Sent {
  /** Pod that sends: `client` (default), `other`, `legacy` (no proxy), or one of the feature's. */
  from?: string;
  /** `ip:port`, of a Service, a pod, a slot, or nobody. Default: `defaultTo`. */
  to?: string;
  /** Milliseconds to wait before. */
  wait?: number;
}

export interface HttpRequest extends Sent {
  kind?: 'http';
  method?: string;
  /** As it is, with query; nothing is normalised by the client. */
  path?: string;
  /** `host` is among them. Repeated names are sent as they stand. */
  headers?: readonly (readonly [string, string])[];
  body?: string;
  /** Milliseconds after which the client gives up. Default 5000. */
  timeout?: number;
  /** Only with `spread`: how often on real Envoys; the interpreter is asked ten times as often. */
  times?: number;
}

export interface TcpRequest extends Sent {
  kind: 'tcp';
  /** Bytes to send; then the answer up to the end, or up to a short silence, is read. */
  send: string;
}

/** What became of one request, on either side, before anything is blanked. */
export interface Answer {
  /** By which its log lines are found. */
  key: string;
  status?: number;
  /** Why there was no answer: ECONNRESET, EOF, ECONNREFUSED, ETIMEDOUT. */
  error?: string;
  headers: readonly (readonly [string, string])[];
  body: string;
  /** Requests as apps saw them, in order: attempts and mirrored copies. */
  seen: readonly Seen[];
  /** Access log lines of all proxies that had to do with it. */
  logs: readonly LogLine[];
}

export interface Seen {
  pod: string;
  method: string;
  path: string;
  headers: readonly (readonly [string, string])[];
  body: string;
}

export interface LogLine {
  /** Name of the proxy's pod. */
  proxy: string;
  fields: { readonly [name: string]: unknown };
}

/** Address of the Service `app`. */
export const appVip = '10.96.0.1';
/** A request's default destination: the Service that has app-v1 alone, so that it is known who answers what passes through. */
export const defaultTo = '10.96.1.1:80';

export const pick = <T>(random: Random, from: readonly T[]): T => {
  if (from.length === 0) throw new RangeError('nothing to pick from');
  return from[Math.floor(random.next() * from.length)] as T;
};

export const chance = (random: Random, probability: number): boolean => random.next() < probability;

/** An object of Istio in namespace `diff`. */
export const istio = (kind: string, name: string, spec: JsonObject): JsonObject => ({
  apiVersion: `${groups[kind] ?? 'networking.istio.io'}/v1`,
  kind,
  metadata: { name, namespace: 'diff' },
  spec,
});

const groups: { [kind: string]: string } = {
  AuthorizationPolicy: 'security.istio.io',
  PeerAuthentication: 'security.istio.io',
  RequestAuthentication: 'security.istio.io',
  Telemetry: 'telemetry.istio.io',
};
