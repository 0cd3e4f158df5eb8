import type { JsonObject } from '../../json.ts';
import type { Ca, IssuedCertificate, Now } from './ca.ts';
import { type Jitter, rotationTime } from './rotation.ts';
import { certificateSecret, rootSecret, validationSecret, workloadSecret } from './secret.ts';

/** mesh/world's Clock is one; istiod does not import the world. */
export interface RotationClock extends Now {
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** What one proxy holds: the SDS resources by name (`default`, `ROOTCA`), and what `default` was made from. */
export interface ProxySecrets {
  resources: ReadonlyMap<string, JsonObject>;
  certificate: IssuedCertificate;
}

export interface SecretManagerOptions {
  ca: Ca;
  clock: RotationClock;
  jitter: Jitter;
  /** Life of a certificate in milliseconds; default 24 h. */
  ttlMs?: number;
  /** Called after each rotation with the new secrets. */
  onChange(proxy: string, secrets: ProxySecrets): void;
  /** A rotation failed; the proxy keeps its old certificate. */
  onError(proxy: string, error: unknown): void;
}

interface Entry {
  spiffeId: string;
  held: Promise<ProxySecrets>;
  current?: ProxySecrets;
  /** Aborted when the proxy was removed or a newer certificate made the scheduled rotation stale. */
  timer: AbortController;
}

/** The secrets of all proxies, renewed in time: what istio-agent's SecretManagerClient does beside each proxy. */
export class SecretManager {
  readonly #options: SecretManagerOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: SecretManagerOptions) {
    this.#options = options;
  }

  /** Issues at the first call for a proxy (any unique name) or a new identity; then returns what is current. */
  async secrets(proxy: string, spiffeId: string): Promise<ProxySecrets> {
    const known = this.#entries.get(proxy);
    if (known?.spiffeId === spiffeId) return known.held;
    this.remove(proxy);
    return this.#begin(proxy, spiffeId);
  }

  /** What is current, or undefined for a proxy that has none. */
  current(proxy: string): ProxySecrets | undefined {
    return this.#entries.get(proxy)?.current;
  }

  /** Replaces a proxy's certificate now and calls `onChange`; an unknown proxy is ignored. */
  async rotate(proxy: string): Promise<void> {
    const entry = this.#entries.get(proxy);
    if (!entry) return;
    const { spiffeId } = entry;
    entry.timer.abort();
    const secrets = await this.#begin(proxy, spiffeId);
    if (this.current(proxy) === secrets) this.#options.onChange(proxy, secrets);
  }

  /** Forgets a proxy and ends its rotation. */
  remove(proxy: string): void {
    this.#entries.get(proxy)?.timer.abort();
    this.#entries.delete(proxy);
  }

  close(): void {
    for (const proxy of [...this.#entries.keys()]) this.remove(proxy);
  }

  async #begin(proxy: string, spiffeId: string): Promise<ProxySecrets> {
    const entry: Entry = { spiffeId, held: this.#issue(spiffeId), timer: new AbortController() };
    const before = this.#entries.get(proxy);
    if (before?.current) entry.current = before.current;
    this.#entries.set(proxy, entry);
    try {
      entry.current = await entry.held;
    } catch (error) {
      // The old certificate stays in use; without one, the next call tries again.
      if (this.#entries.get(proxy) === entry) before ? this.#entries.set(proxy, before) : this.#entries.delete(proxy);
      throw error;
    }
    void this.#rotateInTime(proxy, entry, entry.current.certificate);
    return entry.current;
  }

  async #issue(spiffeId: string): Promise<ProxySecrets> {
    const { ca, ttlMs } = this.#options;
    const certificate = await ca.issue(ttlMs === undefined ? { spiffeId } : { spiffeId, ttlMs });
    const resources = new Map([
      [workloadSecret, certificateSecret(certificate)],
      [rootSecret, validationSecret(ca.rootCertificate)],
    ]);
    return { resources, certificate };
  }

  async #rotateInTime(proxy: string, entry: Entry, certificate: IssuedCertificate): Promise<void> {
    const { clock, jitter, onError } = this.#options;
    const { signal } = entry.timer;
    try {
      if (signal.aborted) return;
      await clock.sleep(Math.max(0, rotationTime(certificate, jitter) - clock.now()), signal);
    } catch (error) {
      if (!signal.aborted) onError(proxy, error);
      return;
    }
    if (signal.aborted) return;
    await this.rotate(proxy).catch((error: unknown) => onError(proxy, error));
  }
}
