import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ProblemError } from '../../problem.ts';
import type { Call, LogPage, Reply } from './messages.ts';
import type { AppLogOptions, AppSpec, Apps, AppsExit, AppsOptions, Delay } from './types.ts';

/** Sources when run from them, JavaScript when built. */
const entry = fileURLToPath(new URL(`./main${import.meta.url.slice(-3)}`, import.meta.url));

/** Starts the process that runs app containers; resolves when it takes calls. Rejects with a ProblemError. */
export async function startApps(options: AppsOptions): Promise<Apps> {
  // Nothing of this process is inherited: no credentials of the user, no Node options of a test runner.
  const child = fork(entry, [JSON.stringify({ dns: options.dns })], {
    env: { ...options.env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const apps = new AppsProcess(child, options.log);
  await apps.ready;
  return apps;
}

class AppsProcess implements Apps {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<AppsExit>();
  readonly #lastLines: string[] = [];
  #exit: AppsExit | undefined;
  #isClosing = false;
  #calls = 0;

  constructor(child: ChildProcess, log: (line: string) => void) {
    this.#child = child;
    child.on('message', (message) => this.#receive(message as Reply));
    child.once('error', (error) => this.#end({ code: null, signal: null, lastLines: [error.message] }));
    // `close`, not `exit`: the last lines have been read then.
    child.once('close', (code, signal) => this.#end({ code, signal, lastLines: this.#lastLines }));
    if (child.stderr)
      createInterface(child.stderr).on('line', (line) => {
        this.#lastLines.push(line);
        if (this.#lastLines.length > 20) this.#lastLines.shift();
        log(line);
      });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  async start(spec: AppSpec): Promise<void> {
    await this.#call({ call: 'start', spec });
  }

  async stop(app: string, graceMs = 0): Promise<void> {
    await this.#call({ call: 'stop', app, graceMs });
  }

  async *logs(app: string, { follow = false, tailLines, signal }: AppLogOptions = {}): AsyncIterable<string> {
    const aborted =
      signal &&
      new Promise<undefined>((done) => signal.addEventListener('abort', () => done(undefined), { once: true }));
    let from = tailLines === undefined ? 0 : -tailLines;
    while (!signal?.aborted) {
      const page = this.#call({ call: 'logs', app, from, wait: follow }) as Promise<LogPage>;
      const got = await (aborted ? Promise.race([page, aborted]) : page);
      if (!got) return;
      yield* got.lines;
      if (got.ended || (got.lines.length === 0 && !follow)) return;
      from = got.next;
    }
  }

  async loopDelay(): Promise<Delay> {
    return (await this.#call({ call: 'loopDelay' })) as Delay;
  }

  onExit(listener: (exit: AppsExit) => void): void {
    void this.#ended.promise.then((exit) => {
      if (!this.#isClosing) listener(exit);
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    // Nothing in the child needs an orderly end, and a busy one would not hear a polite request.
    if (!this.#exit) this.#child.kill('SIGKILL');
    await this.#ended.promise;
  }

  #call(call: Call): Promise<unknown> {
    if (this.#exit) return Promise.reject(this.#gone(this.#exit));
    const id = ++this.#calls;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    // A failed send is followed by `close`, which answers every call.
    this.#child.send({ id, ...call }, () => {});
    return waiting.promise;
  }

  #receive(reply: Reply): void {
    if ('ready' in reply) this.#ready.resolve();
    else this.#settle(reply);
  }

  #settle(reply: Exclude<Reply, { ready: true }>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('problem' in reply) waiting?.reject(new ProblemError(reply.problem));
    else waiting?.resolve(reply.result);
  }

  #end(exit: AppsExit): void {
    if (this.#exit) return;
    this.#exit = exit;
    const gone = this.#gone(exit);
    this.#ready.reject(gone);
    for (const waiting of this.#waiting.values()) waiting.reject(gone);
    this.#waiting.clear();
    this.#ended.resolve(exit);
  }

  #gone({ code, signal, lastLines }: AppsExit): ProblemError {
    if (this.#isClosing) return new ProblemError({ what: 'the apps process was closed' });
    const said = lastLines.length > 0 ? `: ${lastLines.join('\n')}` : '';
    return new ProblemError({ what: `the apps process ended (${signal ?? `exit code ${code}`})${said}` });
  }
}
