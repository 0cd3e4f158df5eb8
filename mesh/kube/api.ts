import type { Json } from '../json.ts';
import type { KindRef, KubeObject, ObjectRef } from './objects.ts';
import type { ByteStream, ExecResult, LogOptions, PodRef } from './runtime.ts';

export interface ListOptions {
  /** All namespaces when absent. */
  namespace?: string;
  /** Kubernetes syntax: `app=x,tier in (a,b),!legacy`. */
  labelSelector?: string;
  /** `metadata.name=x,status.phase!=Running`. */
  fieldSelector?: string;
}

export interface WatchOptions extends ListOptions {
  /** Deliver what happened after this version; absent: first every present object as ADDED, then changes. */
  resourceVersion?: string;
  /**
   * Also deliver BOOKMARKs, whose object carries only a resourceVersion: one after the present objects (annotated
   * `k8s.io/initial-events-end: "true"`), and now and then while nothing matches.
   */
  allowWatchBookmarks?: boolean;
  signal: AbortSignal;
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: KubeObject;
}

export interface ApplyOptions {
  fieldManager: string;
  /** Take over fields that another manager owns instead of failing with a Conflict. */
  force?: boolean;
  dryRun?: boolean;
}

export type Patch =
  | { type: 'merge' | 'strategic'; body: Json }
  | { type: 'json'; body: { op: string; path: string; from?: string; value?: Json }[] };

export interface PatchOptions {
  subresource?: 'status' | 'scale';
  /** Owner of the changed fields in managedFields. */
  fieldManager?: string;
  dryRun?: boolean;
}

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/**
 * The Kubernetes API as runner, shell and checks see it. Two implementations: in memory (mesh/kube) and
 * @kubernetes/client-node (runner/place/kind). Failures are `ApiError` with Kubernetes' own code and reason.
 */
export interface KubeApi {
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  list(kind: KindRef, options?: ListOptions): Promise<{ items: KubeObject[]; resourceVersion: string }>;
  /** Ends when the signal does; ApiError 410 Expired when `resourceVersion` (or a reader that fell behind) is too old. */
  watch(kind: KindRef, options: WatchOptions): AsyncIterable<WatchEvent>;
  /** Server-side apply. */
  apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  patch(ref: ObjectRef, patch: Patch, options?: PatchOptions): Promise<KubeObject>;
  delete(ref: ObjectRef, options?: { propagation?: Propagation; gracePeriodSeconds?: number }): Promise<void>;
  logs(pod: PodRef, options?: LogOptions): AsyncIterable<string>;
  exec(pod: PodRef, command: string[], options?: { container?: string; stdin?: string }): Promise<ExecResult>;
  portForward(pod: PodRef, port: number): Promise<ByteStream>;
}

/** An API failure: HTTP code and reason as in Kubernetes' Status (404 NotFound, 409 Conflict, 422 Invalid …). */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly causes: readonly { field: string; message: string }[];
  constructor(
    code: number,
    reason: string,
    message: string,
    causes: readonly { field: string; message: string }[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.causes = causes;
  }
}
