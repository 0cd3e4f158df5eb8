import { spawn, spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repository } from '../../test/support/labs.ts';

const shim = join(repository, 'runner/bin/mesh-labs.js');
const version = (JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { version: string }).version;

/** Makes this Node say that it is an old one. */
const old = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.1.0"})';

let root = '';
/** A package of its own: the shim, what it imports, and whatever a test adds. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mesh-labs-bin-'));
  await mkdir(join(root, 'node_modules/node/bin'), { recursive: true });
  await cp(shim, join(root, 'runner/bin/mesh-labs.js'));
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
  await symlink(join(repository, 'node_modules/env-paths'), join(root, 'node_modules/env-paths'));
});
afterEach(() => rm(root, { recursive: true }));

const env = () => ({ ...process.env, MESH_LABS_CACHE: join(root, 'cache'), NODE_OPTIONS: '' });
const run = (file: string, args: readonly string[], node: readonly string[] = []) =>
  spawnSync(process.execPath, [...node, file, ...args], { encoding: 'utf8', env: env() });
const own = () => join(root, 'runner/bin/mesh-labs.js');

async function fakeNode(script: string): Promise<void> {
  const file = join(root, 'node_modules/node/bin/node');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

describe('mesh-labs.js', () => {
  it('runs the sources in a clone and keeps compiled code below the cache folder', () => {
    const { status, stdout, stderr } = run(shim, ['--version']);
    expect([status, stdout, stderr]).toEqual([0, `${version}\n`, '']);
    expect(spawnSync('ls', [join(root, 'cache/compile')]).status).toBe(0);
  });

  it.each([
    [2, ['no-such-command']],
    [3, ['run', 'canary', '--on', 'kind']],
  ])('exits with %i', (code, argv) => {
    expect(run(shim, argv).status).toBe(code);
  });

  it('runs what the build made where there are no sources', async () => {
    await mkdir(join(root, 'dist/runner/cli'), { recursive: true });
    const main = 'export const runProcess = async (argv) => console.log("built", argv.join());';
    await writeFile(join(root, 'dist/runner/cli/main.js'), main);
    expect(run(own(), ['a', 'b']).stdout).toBe('built a,b\n');
  });

  it('says in one line which Node it needs, and exits with 2', () => {
    const { status, stdout, stderr } = run(own(), ['list'], ['--import', old]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^mesh-labs: this is Node 20\.1\.0\. It needs Node 24 or newer: .*\n$/);
  });

  it('takes the Node beside the package when the running one is too old, with its exit code', async () => {
    await fakeNode('shift; echo "other: $*"; exit 7');
    const { status, stdout } = run(own(), ['run', 'canary'], ['--import', old]);
    expect([status, stdout]).toEqual([7, 'other: run canary\n']);
  });

  it('passes signals on to that Node and waits for it', async () => {
    await fakeNode(`trap 'echo stopping; exit 130' TERM; echo ready; while :; do sleep 0.05; done`);
    const child = spawn(process.execPath, ['--import', old, own()], {
      env: env(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.endsWith('ready\n')) child.kill('SIGTERM');
    }
    const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
    expect([text, code]).toEqual(['ready\nstopping\n', 130]);
  });

  it('starts also where the cache folder cannot be written', async () => {
    await writeFile(join(root, 'cache'), 'a file');
    expect(run(shim, ['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
  });
});
