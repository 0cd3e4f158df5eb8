import type { UpstreamRequest } from './upstream-request.ts';

/** The attempts of one request: the latest, and those that timed out and are still waited for (hedging). */
export class AttemptSet {
  #latest: UpstreamRequest | undefined;
  #hedged: UpstreamRequest[] | undefined;

  start(attempt: UpstreamRequest): void {
    this.#latest = attempt;
  }

  /** Another one will be started beside it. */
  hedge(attempt: UpstreamRequest): void {
    attempt.retried = true;
    this.#hedged = [...(this.#hedged ?? []), attempt];
    if (this.#latest === attempt) this.#latest = undefined;
  }

  drop(attempt: UpstreamRequest): void {
    if (this.#latest === attempt) this.#latest = undefined;
    this.#hedged = this.#hedged?.filter((other) => other !== attempt);
  }

  /** This one answers; the others are not wanted any more. */
  keepOnly(attempt: UpstreamRequest): void {
    if (!this.#hedged) return;
    for (const other of this.all()) if (other !== attempt) other.cancel();
    this.#hedged = undefined;
    this.#latest = attempt;
  }

  cancel(): void {
    this.#latest?.cancel();
    for (const attempt of this.#hedged ?? []) attempt.cancel();
  }

  /** Whether an answer may come from another one (router.cc, numRequestsAwaitingHeaders). */
  othersWait(attempt: UpstreamRequest): boolean {
    return this.all().some((other) => other !== attempt && other.awaitsHeaders);
  }

  all(): UpstreamRequest[] {
    return [...(this.#latest ? [this.#latest] : []), ...(this.#hedged ?? [])];
  }
}
