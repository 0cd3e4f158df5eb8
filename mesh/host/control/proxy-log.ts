import type { LogOptions } from '../../kube/runtime.ts';
import { ContainerLog } from '../apps/container-log.ts';

/** The log of a proxy container, which this process keeps itself. */
export class ProxyLog {
  readonly #log = new ContainerLog();

  readonly write = (line: string): void => this.#log.append(line);

  end(): void {
    this.#log.end();
  }

  /** Past lines, then with `follow` new ones until the container ends or the signal aborts. */
  async *lines({ follow = false, tailLines, signal }: LogOptions): AsyncIterable<string> {
    const aborted = new Promise<undefined>((resolve) => signal?.addEventListener('abort', () => resolve(undefined)));
    let from = tailLines === undefined ? 0 : -tailLines;
    while (!signal?.aborted) {
      const page = await Promise.race([this.#log.read(from, follow), aborted]);
      if (!page) return;
      yield* page.lines;
      if (page.ended || (!follow && page.lines.length === 0)) return;
      from = page.next;
    }
  }
}
