import { spawn } from 'node:child_process';
import { getSystemErrorName } from 'node:util';
import { ProblemError } from '../problem.ts';

export interface RunOptions {
  /** The child's whole environment. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Ends the command and everything it started (its process group). */
  signal?: AbortSignal;
  /** Milliseconds; the command is ended then. */
  timeoutMs?: number;
}

export interface RunResult {
  stdout: string;
  stderr: string;
}

/** A command that could not be started or did not end with 0; keeps what it was and what it said. */
export class CommandFailed extends ProblemError {
  readonly command: string;
  /** Absent when the command was not started or was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Without the command: `ended with exit code 1: <last line of what it said>`. */
  readonly reason: string;
  constructor(command: string, exitCode: number | undefined, output: RunResult & { why: string }) {
    const said = lastLine(output.stderr) || lastLine(output.stdout);
    const reason = `${output.why}${said ? `: ${said}` : ''}`;
    super({ what: `\`${command}\` ${reason}` });
    this.name = 'CommandFailed';
    this.command = command;
    this.exitCode = exitCode;
    this.stdout = output.stdout;
    this.stderr = output.stderr;
    this.reason = reason;
  }
}

/** Half of the time of a small command would go into loading it; most runs start none. */
const loadZx = () => import('zx/core');

/**
 * Runs an external command and collects its output. No shell: the arguments arrive as they are.
 * Throws `CommandFailed` when it cannot be started, fails or is aborted; an aborted signal is thrown as its reason.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const timeout = options.timeoutMs === undefined ? [] : [AbortSignal.timeout(options.timeoutMs)];
  const signal = AbortSignal.any([...(options.signal ? [options.signal] : []), ...timeout]);
  const { $: zx } = await loadZx();
  const output = await zx({
    // zx composes a line for a shell; replacing spawn keeps its collecting and ending, without the shell.
    spawn: ((_line: string, _args: string[], child: object) =>
      spawn(command, args, { ...child, shell: false })) as typeof spawn,
    quote: String,
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
    // An own process group, which zx ends as a whole on abort.
    detached: true,
    nothrow: true,
    quiet: true,
  })`${command}`;
  options.signal?.throwIfAborted();
  const { stdout, stderr, exitCode } = output;
  if (output.ok) return { stdout, stderr };
  const why = signal.aborted ? `did not end within ${options.timeoutMs} ms` : ending(exitCode, output.signal);
  throw new CommandFailed([command, ...args].join(' '), exitCode ?? undefined, { stdout, stderr, why });
}

function ending(exitCode: number | null, signal: string | null): string {
  if (signal) return `was ended by ${signal}`;
  // Node reports a failed spawn as a negative errno.
  if (exitCode === null || exitCode < 0) return `could not be started (${getSystemErrorName(exitCode ?? -1)})`;
  return `ended with exit code ${exitCode}`;
}

/** The path of an executable on a PATH, or undefined. */
export async function findExecutable(name: string, path: string | undefined): Promise<string | undefined> {
  if (!path) return undefined;
  const { which } = await loadZx();
  return (await which(name, { path, nothrow: true })) ?? undefined;
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)?.trim() ?? '';
