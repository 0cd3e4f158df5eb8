import { Agent, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FetchOptions, WorkloadContext } from '../../workloads/workload.ts';
import { ErrnoError } from '../../world/dial.ts';
import type { Dialer } from './dial.ts';
import { flatHeaders } from './headers.ts';

export interface HttpClient {
  fetch: WorkloadContext['fetch'];
  /** Closes all connections. */
  close(): void;
}

/** Keeps connections to each destination alive, as the clients of real apps do. */
class DialingAgent extends Agent {
  readonly #dial: Dialer;
  constructor(dial: Dialer) {
    super({ keepAlive: true });
    this.#dial = dial;
  }

  override createConnection(
    options: { host?: string | null; port?: number | string | null },
    created: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    this.#dial(options.host ?? '', Number(options.port ?? 80)).then(
      (socket) => created(null, socket),
      // Node's agent looks at the error first; the type knows no call without a stream.
      (error: Error) => (created as (error: Error) => void)(error),
    );
  }
}

export function httpClient(dial: Dialer): HttpClient {
  const agent = new DialingAgent(dial);
  return {
    async fetch(url, options = {}) {
      const target = new URL(url);
      if (target.protocol !== 'http:') throw new TypeError(`an app can only fetch http: URLs, not ${target.protocol}`);
      const response = await send(target, options, agent);
      const body = await buffer(response);
      return { status: response.statusCode ?? 0, headers: flatHeaders(response.headers), body: new Uint8Array(body) };
    },
    close: () => agent.destroy(),
  };
}

function send(url: URL, { method, headers, body, timeoutMs }: FetchOptions, agent: Agent): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(url, { method: method ?? 'GET', headers: headers ?? {}, agent }, resolve);
  outgoing.on('error', reject);
  if (timeoutMs !== undefined) limit(outgoing, timeoutMs);
  outgoing.end(body);
  return promise;
}

/** For the whole exchange, answer included. */
function limit(outgoing: ReturnType<typeof request>, timeoutMs: number): void {
  const error = new ErrnoError('ETIMEDOUT', `no complete answer within ${timeoutMs} ms`);
  const timer = setTimeout(() => outgoing.destroy(error), timeoutMs);
  outgoing.on('response', (response) => {
    // Once there is a response, its stream carries the error.
    timer.refresh();
    response.once('close', () => clearTimeout(timer));
  });
  outgoing.on('close', () => clearTimeout(timer));
}
