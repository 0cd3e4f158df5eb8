import type { Timer } from '../../world/event-queue.ts';
import type { HeaderList } from '../../world/header-list.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { RoutePolicy } from '../policy.ts';
import type { LocalReply } from '../types.ts';
import type { HcmConfig } from './config.ts';
import { grpcTimeoutMs, isGrpc, setGrpcTimeout } from './grpc.ts';

const idled: LocalReply = {
  kind: 'localReply',
  status: 504,
  body: 'stream timeout',
  details: 'stream_idle_timeout',
  flag: 'SI',
};
/** Without a response flag (measured), and for gRPC DEADLINE_EXCEEDED (conn_manager_impl.cc, onStreamMaxDurationReached). */
const tooLong: LocalReply = {
  kind: 'localReply',
  status: 504,
  body: 'downstream duration timeout',
  details: 'max_duration_timeout',
  grpcStatus: 4,
};

/**
 * How long a stream may take, 0 for as long as it likes; what the upstream is told of it goes into grpc-timeout
 * (source/common/http/conn_manager_impl.cc, refreshDurationTimeout).
 */
export function streamDuration(policy: RoutePolicy | undefined, headers: HeaderList, config: HcmConfig): number {
  if (!policy) return 0;
  const asked = grpcTimeoutMs(headers.get('grpc-timeout'));
  const { grpcHeaderMaxMs: max, grpcHeaderOffsetMs: offset, maxStreamDurationMs: own } = policy;
  let limit = own ?? config.maxStreamDurationMs;
  if (asked !== undefined && max !== undefined) {
    limit = max > 0 ? Math.min(asked, max) : asked;
    // With nothing left the stream ends at once; 0 would mean for ever.
    limit = Math.max(limit - (offset ?? 0), 0.001);
  }
  if (limit > 0 && policy.usesNewTimeouts && isGrpc(headers)) setGrpcTimeout(headers, Math.floor(limit));
  return limit;
}

/** The timers of one stream: both are only made for streams that outlive their first instant. */
export class StreamTimers {
  readonly #clock: VirtualClock;
  readonly #reply: (reply: LocalReply) => void;
  #idleMs = 0;
  #idle: Timer | undefined;
  #longest: Timer | undefined;

  constructor(clock: VirtualClock, reply: (reply: LocalReply) => void) {
    this.#clock = clock;
    this.#reply = reply;
  }

  arm(longestMs: number, policy: RoutePolicy | undefined, config: HcmConfig): void {
    this.#idleMs = policy && policy.idleTimeoutMs >= 0 ? policy.idleTimeoutMs : config.streamIdleTimeoutMs;
    if (longestMs > 0) this.#longest = this.#clock.after(longestMs, () => this.#reply(tooLong));
    this.touch();
  }

  /** Something went on. */
  touch(): void {
    this.#idle?.cancel();
    if (this.#idleMs > 0) this.#idle = this.#clock.after(this.#idleMs, () => this.#reply(idled));
  }

  cancel(): void {
    this.#idle?.cancel();
    this.#longest?.cancel();
  }
}
