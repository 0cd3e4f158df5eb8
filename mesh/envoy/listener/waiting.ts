import {
  type ConnectFailure,
  type Dial,
  type Exchange,
  isFailure,
  type Opening,
  type Receiver,
  type ServerEnd,
  type ServerHello,
} from '../../world/connection.ts';
import type { Timer } from '../../world/event-queue.ts';
import type { Body, HttpRequest } from '../../world/http-message.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';

export interface WaitingSetting {
  clock: VirtualClock;
  /** listener_filters_timeout; 0 waits for ever. */
  timeoutMs: number;
  /** continue_on_listener_filters_timeout: go on with what is known, else close. */
  continues: boolean;
  accept(dial: Dial): ServerEnd | ConnectFailure;
}

const nothing: Exchange = { cancel: () => undefined };

/** An accepted connection whose inspectors still wait for the first bytes (source/common/listener_manager/active_tcp_socket.cc). */
export class WaitingConnection implements ServerEnd {
  readonly #dial: Dial;
  readonly #setting: WaitingSetting;
  readonly #timer: Timer | undefined;
  #inner: ServerEnd | undefined;
  #ended = false;

  constructor(dial: Dial, setting: WaitingSetting) {
    this.#dial = dial;
    this.#setting = setting;
    if (setting.timeoutMs > 0) this.#timer = setting.clock.after(setting.timeoutMs, () => this.#timedOut());
  }

  get layers(): readonly ServerHello[] {
    return this.#inner?.layers ?? [];
  }

  get draining(): boolean {
    return this.#inner?.draining ?? false;
  }

  get closed(): boolean {
    return this.#ended || (this.#inner?.closed ?? false);
  }

  request(request: HttpRequest, receiver: Receiver): Exchange {
    const inner = this.#enter({ kind: 'http', version: 'HTTP/1.1' });
    if (inner) return inner.request(request, receiver);
    receiver.onReset('connection termination');
    return nothing;
  }

  data(data: Body): void {
    this.#enter({ kind: 'bytes' })?.data(data);
  }

  end(): void {
    this.#inner?.end();
  }

  close(reset: boolean): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#inner?.close(reset);
  }

  #enter(opening: Opening): ServerEnd | undefined {
    if (this.#inner || this.#ended) return this.#inner;
    this.#timer?.cancel();
    const end = this.#setting.accept({ ...this.#dial, opening });
    if (isFailure(end)) {
      this.#ended = true;
      this.#dial.client.onClose(true);
      return undefined;
    }
    this.#inner = end;
    return end;
  }

  #timedOut(): void {
    if (this.#setting.continues) {
      // Nothing was seen, so nothing is known: raw_buffer without protocols.
      this.#enter({ kind: 'silent' });
      return;
    }
    this.#ended = true;
    this.#dial.client.onClose(true);
  }
}
