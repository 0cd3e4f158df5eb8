import type { LbContext } from '../balance/types.ts';
import type { Host } from '../cluster/host.ts';
import type { Address, RoutePolicy } from '../types.ts';
import { hashRequest } from './hash.ts';
import type { RoutedStream } from './router-host.ts';

/** What a load balancer may ask about one request, over all its attempts (source/common/router/router.h, LoadBalancerContext). */
export class HostChoice implements LbContext {
  readonly #stream: RoutedStream;
  readonly #policy: RoutePolicy;
  #tried: Set<Host> | undefined;
  #hash: bigint | undefined | null = null;
  /** Set-Cookie values that the hash made. */
  cookies: string[] | undefined;

  constructor(stream: RoutedStream, policy: RoutePolicy) {
    this.#stream = stream;
    this.#policy = policy;
  }

  get destination(): Address {
    return this.#stream.connection.destination;
  }

  get hostSelectionAttempts(): number {
    return this.#tried ? (this.#policy.retry?.hostSelectionAttempts ?? 1) : 0;
  }

  get metadataMatch(): ReadonlyMap<string, string> | undefined {
    return this.#policy.metadataMatch;
  }

  get avoids(): ((host: Host) => boolean) | undefined {
    const tried = this.#tried;
    return tried && ((host) => tried.has(host));
  }

  /** A retry should go elsewhere, when the policy says so. */
  avoid(host: Host): void {
    if (!this.#policy.retry?.avoidPreviousHosts) return;
    this.#tried ??= new Set();
    this.#tried.add(host);
  }

  hash(): bigint | undefined {
    if (this.#hash === null)
      this.#hash = hashRequest(this.#policy.hash, this.#stream, (cookie) => {
        this.cookies = [...(this.cookies ?? []), cookie];
      });
    return this.#hash;
  }
}
