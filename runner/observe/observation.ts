/** Why a request got no HTTP answer; Node's and curl's common words. */
export type ErrorKind =
  | 'ECONNRESET'
  | 'ECONNREFUSED'
  | 'ETIMEDOUT'
  | 'ENOTFOUND'
  | 'EPIPE'
  | 'EOF'
  | 'TLS'
  | 'ABORTED'
  | 'OTHER';

/** What one request (or, for `unit: connection`, one connection) yielded. Equal for all places. */
export interface Observation {
  /** Position in send order, from 0; checks read observations in this order, never in the order of completion. */
  index: number;
  /** HTTP status; absent when there was no answer (then `error` is set). */
  status?: number;
  /** Names in lower case. */
  headers: { [name: string]: string };
  body: string;
  error?: { kind: ErrorKind; message: string };
  /** From the first byte sent to the last byte received, by a monotonic clock. */
  latencyMs: number;
  /** Response flags of the deciding proxy, when the place can know them. */
  flags?: string;
  /** Version and pod that answered, read from the answer by the app's `identify` rules (labs/_apps/NAME/app.yaml). */
  version?: string;
  pod?: string;
  request: { method: string; url: string };
}
