import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ProblemError } from '../../mesh/problem.ts';
import type { TrafficPlan } from '../place/place.ts';
import { lineSplitter } from './lines.ts';
import type { FromClient, ToClient } from './messages.ts';
import { PlanStream } from './plan-stream.ts';
import type { Delay, DialSpec, RawObservation, Traffic, TrafficOptions } from './types.ts';

/** Sources when run from them, JavaScript when built. */
const entry = fileURLToPath(new URL(`./main${import.meta.url.slice(-3)}`, import.meta.url));

/** Starts the load generator; resolves when it takes plans. Rejects with a ProblemError when it cannot be started. */
export async function startTraffic(options: TrafficOptions = {}): Promise<Traffic> {
  const [command, ...args] = options.command ?? [process.execPath, entry];
  // Of this process nothing is inherited by our own client; another command needs its PATH, HOME and KUBECONFIG.
  const env = { ...(options.command && process.env), ...options.env };
  const client = new Client(spawn(command, args, { env }), options.log);
  await client.ready;
  return client;
}

type Listener = { receive(message: FromClient): void; fail(error: ProblemError): void };

class Client implements Traffic {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #listeners = new Map<number, Listener>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #lastLines: string[] = [];
  #error: ProblemError | undefined;
  #isClosing = false;
  #ids = 0;

  constructor(child: ChildProcessWithoutNullStreams, log: TrafficOptions['log']) {
    this.#child = child;
    child.stdout.on(
      'data',
      lineSplitter((line) => this.#receive(JSON.parse(line))),
    );
    child.stderr.on(
      'data',
      lineSplitter((line) => this.#said(line, log)),
    );
    // A broken pipe is followed by `close`, which tells everybody.
    child.stdin.on('error', () => {});
    child.once('error', (error) => this.#end(error.message));
    child.once('close', (code, signal) => this.#end(signal ?? `exit code ${code}`));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  async *send(plan: TrafficPlan, dial: DialSpec, signal: AbortSignal): AsyncIterable<RawObservation> {
    signal.throwIfAborted();
    const request = { method: plan.request.method, url: plan.request.url };
    const id = ++this.#ids;
    const stream = new PlanStream(signal);
    this.#listen(id, stream);
    this.#write({ id, send: { plan, dial } });
    let index = 0;
    try {
      for await (const batch of stream.batches()) {
        for (const observation of batch) yield { index: index++, ...observation, request };
        this.#write({ id, ack: batch.length });
      }
    } finally {
      this.#write({ id, cancel: true });
      await stream.ended;
      this.#listeners.delete(id);
    }
  }

  async loopDelay(): Promise<Delay> {
    const id = ++this.#ids;
    const { promise, resolve, reject } = Promise.withResolvers<Delay>();
    this.#listen(id, { receive: (message) => 'delay' in message && resolve(message.delay), fail: reject });
    this.#write({ id, loopDelay: true });
    return promise.finally(() => this.#listeners.delete(id));
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    if (!this.#error) this.#child.kill('SIGKILL');
    await this.#ended.promise;
  }

  #listen(id: number, listener: Listener): void {
    this.#listeners.set(id, listener);
    if (this.#error) listener.fail(this.#error);
  }

  #write(message: ToClient): void {
    if (!this.#error) this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #receive(message: FromClient): void {
    if ('ready' in message) this.#ready.resolve();
    else this.#listeners.get(message.id)?.receive(message);
  }

  #said(line: string, log: TrafficOptions['log']): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > 20) this.#lastLines.shift();
    log?.(line);
  }

  #end(how: string): void {
    if (this.#error) return;
    const said = this.#lastLines.length > 0 ? `: ${this.#lastLines.join('\n')}` : '';
    this.#error = new ProblemError({
      what: this.#isClosing ? 'the traffic client was closed' : `the traffic client ended (${how})${said}`,
    });
    this.#ready.reject(this.#error);
    for (const listener of this.#listeners.values()) listener.fail(this.#error);
    this.#ended.resolve();
  }
}
