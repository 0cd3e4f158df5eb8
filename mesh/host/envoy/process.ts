import { type ChildProcess, spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '../../problem.ts';
import { adminSocket } from '../localise/place.ts';
import { createAdmin } from './admin.ts';
import { lineSplitter, parseLine } from './log.ts';
import type { EnvoyAdmin, EnvoyExit, EnvoyOptions, EnvoyProcess } from './types.ts';

/** Source of the choice: spike, 6.2. Without hot restart there is no shared memory; access logs appear at once. */
const flags = [
  '--disable-hot-restart',
  '--concurrency',
  '1',
  '-l',
  'warning',
  '--file-flush-interval-msec',
  '50',
  // Istio gives 45 s (drainDuration); here a changed filter chain is out of use, and a run can go on, after one.
  '--drain-time-s',
  '1',
  '--drain-strategy',
  'immediate',
];

/** Starts one Envoy; resolves when the process exists. Throws a ProblemError when the binary cannot be run. */
export async function startEnvoy(options: EnvoyOptions): Promise<EnvoyProcess> {
  const config = `${options.folder}/bootstrap.json`;
  await writeFile(config, JSON.stringify(options.bootstrap), { mode: 0o600 });
  await rm(adminSocket(options.folder), { force: true });
  const child = spawn(options.binary, ['-c', config, ...flags], {
    cwd: options.folder,
    env: options.env ?? {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = watch(child, options);
  await spawned(child, options.binary);
  const pid = child.pid ?? 0;
  options.record(pid);
  const admin = createAdmin(adminSocket(options.folder));
  return {
    pid,
    admin,
    exited,
    ready: (signal) => ready(admin, exited, signal),
    drain: (graceMs) => drain(admin, graceMs),
    stop: (graceMs) => stop(child, exited, graceMs),
  };
}

const spawned = (child: ChildProcess, file: string): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', ({ message }) => {
      const fix = 'Run `mesh-labs doctor`.';
      reject(new ProblemError({ what: `Envoy could not be started: ${message}`, where: { file }, fix }));
    });
  });

/** Parses what the process prints and settles when it has ended. */
function watch(child: ChildProcess, { onLog }: EnvoyOptions): Promise<EnvoyExit> {
  const lastLines: string[] = [];
  const onLine = (line: string) => {
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
    onLog(parseLine(line));
  };
  for (const stream of [child.stdout, child.stderr]) {
    const splitter = lineSplitter(onLine);
    stream?.setEncoding('utf8').on('data', splitter.push).on('end', splitter.end);
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, signal: null, lastLines: [...lastLines, error.message] }));
    child.on('close', (code, signal) => resolve({ code, signal, lastLines }));
  });
}

/** Polls, because Envoy tells nobody that it is ready: every 10 ms, as a start takes about 60 (spike, 6.1). */
async function ready(admin: EnvoyAdmin, exited: Promise<EnvoyExit>, signal?: AbortSignal): Promise<void> {
  let exit: EnvoyExit | undefined;
  void exited.then((e) => {
    exit = e;
  });
  while (!(await isReady(admin))) {
    if (exit !== undefined) {
      const how = exit.signal ?? `exit code ${exit.code}`;
      throw new ProblemError({
        what: `Envoy ended before it was ready (${how}): ${exit.lastLines.slice(-3).join(' / ')}`,
      });
    }
    signal?.throwIfAborted();
    await sleep(10);
  }
}

/** An Envoy without any listener also says LIVE (spike, 1), so the first clusters and listeners must have been taken or refused. */
async function isReady(admin: EnvoyAdmin): Promise<boolean> {
  try {
    await admin.text('GET', '/ready');
    const stats = await admin.stats('^(listener_manager.lds|cluster_manager.cds)\\.update_(success|rejected)$');
    const answered = (type: string) =>
      (stats.get(`${type}.update_success`) ?? 0) + (stats.get(`${type}.update_rejected`) ?? 0) > 0;
    return answered('listener_manager.lds') && answered('cluster_manager.cds');
  } catch {
    return false;
  }
}

/**
 * Running requests are answered, keep-alive clients are asked to close (spike, 7); then no request runs or time is up.
 * Envoy has no gauge for the connections of tcp_proxy: those end with the process.
 */
async function drain(admin: EnvoyAdmin, graceMs: number): Promise<void> {
  const end = performance.now() + graceMs;
  await admin.text('POST', '/drain_listeners?graceful&skip_exit');
  while (performance.now() < end) {
    const running = await admin.stats('^http\\..*\\.downstream_rq_active$');
    if (![...running].some(([name, count]) => count > 0 && !name.startsWith('http.admin.'))) return;
    await sleep(20);
  }
}

async function stop(child: ChildProcess, exited: Promise<EnvoyExit>, graceMs: number): Promise<EnvoyExit> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const timer = globalThis.setTimeout(() => child.kill('SIGKILL'), graceMs);
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
}
