import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './labs.ts';

export interface CliEnd {
  code: number | null;
  signal: string | null;
  out: string;
  err: string;
}

export interface Cli {
  child: ChildProcess;
  /** What was printed so far. */
  text(): string;
  /** Resolves when the output matches; rejects with the whole output when the process ends before. */
  says(pattern: RegExp): Promise<void>;
  end: Promise<CliEnd>;
}

export interface CliOptions {
  env?: { [name: string]: string | undefined };
  cwd?: string;
  /** Put before the command, e.g. `['unshare', '-n']`. */
  wrap?: string[];
}

const bin = join(repository, 'runner/bin/mesh-labs.js');

/** Starts `mesh-labs ARGS` as a process of its own, as a user would. */
export function startCli(args: string[], { env, cwd = repository, wrap = [] }: CliOptions = {}): Cli {
  const [command = '', ...rest] = [...wrap, process.execPath, bin, ...args];
  const child = spawn(command, rest, { cwd, env: { ...userEnv(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { out: '', err: '' };
  const watchers = new Set<() => void>();
  for (const [stream, name] of [[child.stdout, 'out'] as const, [child.stderr, 'err'] as const])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed[name] += chunk;
      for (const look of watchers) look();
    });
  const text = () => printed.out + printed.err;
  const end = new Promise<CliEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...printed }));
  });
  const says = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(text())) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      void end.then(() => reject(new Error(`ended without saying ${pattern}:\n${text()}`)));
      look();
    });
  return { child, text, says, end };
}

/** Runs `mesh-labs ARGS` to its end. */
export const runCli = (args: string[], options?: CliOptions): Promise<CliEnd> => startCli(args, options).end;

/** The environment without what a test runner put into it. */
function userEnv(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env;
  return { ...env, NO_COLOR: '1' };
}
