import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noMounts, onDisk } from '../../../test/support/small-disk.ts';
import { type Problem, ProblemError } from '../../problem.ts';
import { runBases } from './bases.ts';
import { identify } from './identity.ts';
import { readOwner, readRecords } from './records.ts';
import { openRunFolder } from './run-folder.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp('/tmp/test-');
});
afterEach(() => rm(base, { recursive: true, force: true }));

const noDisk = await noMounts();
const sleep600 = (env: NodeJS.ProcessEnv = {}) =>
  spawn('sleep', ['600'], { env: { ...process.env, ...env }, stdio: 'ignore' });

describe('openRunFolder', () => {
  it('makes a folder that only its owner can enter, one per run', async () => {
    const [a, b] = await Promise.all([openRunFolder({ bases: [base] }), openRunFolder({ bases: [base] })]);
    expect(a.path).not.toBe(b.path);
    const { mode, uid } = await stat(a.path);
    expect([mode & 0o777, uid]).toEqual([0o700, process.getuid?.()]);
    expect(await readOwner(a.path)).toMatchObject(await selfIdentity());
  });

  it('takes the next place when one cannot be written', async () => {
    const run = await openRunFolder({ bases: [join(base, 'missing'), base] });
    expect(run.path.startsWith(`${base}/ml-`)).toBe(true);
  });

  it('says where, why and what to do when there is no place', async () => {
    const error = await openRunFolder({ bases: [join(base, 'missing')] }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).problems).toEqual([
      {
        what: expect.stringContaining('cannot make the folder of the run: ENOENT'),
        where: { file: join(base, 'missing') },
        fix: expect.stringContaining('TMPDIR'),
      },
    ]);
    await expect(openRunFolder({ bases: [] })).rejects.toBeInstanceOf(ProblemError);
  });

  it('refuses socket paths that the system could not bind', async () => {
    const run = await openRunFolder({ bases: [base] });
    expect(run.socket('admin.sock')).toBe(join(run.path, 'admin.sock'));
    expect(() => run.socket('x'.repeat(100))).toThrow(/the path of a socket has \d+ bytes/);
  });
});

describe('openRunFolder on a disk of its own', () => {
  beforeEach(({ skip }) => {
    if (noDisk) skip(noDisk);
  });

  it.each([
    ['full', 'nr_inodes=1', 'the disk is full'],
    ['read-only', 'ro', 'the file system is read-only'],
  ])('says so when the disk is %s, and leaves nothing', async (_name, options, reason) => {
    const script = `import { openRunFolder } from ${JSON.stringify(new URL('./run-folder.ts', import.meta.url).href)};
      import { readdirSync } from 'node:fs';
      const error = await openRunFolder({ bases: ['${base}'] }).catch((e) => e);
      console.log(JSON.stringify({ problems: error.problems, left: readdirSync('${base}') }));`;
    const { problems, left } = await onDisk<{ problems: Problem[]; left: string[] }>(base, options, script);
    expect(problems[0]?.what).toBe(`cannot make the folder of the run: ${reason}`);
    expect(left).toEqual([]);
  });
});

describe('process records', () => {
  it('carry pid, start and purpose until forgotten', async () => {
    const run = await openRunFolder({ bases: [base] });
    const child = sleep600();
    const pid = child.pid ?? 0;
    await run.recordProcess(pid, 'envoy of a.shop');
    expect(await readRecords(run.path)).toEqual([{ ...(await identify(pid)), what: 'envoy of a.shop' }]);
    await run.forgetProcess(pid);
    expect(await readRecords(run.path)).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await run.recordProcess(pid, 'ended');
    expect(await readRecords(run.path)).toEqual([]);
  });

  it('end with close: recorded and marked processes, then the folder', async () => {
    const run = await openRunFolder({ bases: [base] });
    const [recorded, marked, other] = [sleep600(), sleep600(run.env), sleep600()];
    await run.recordProcess(recorded.pid ?? 0, 'x');
    await run.close();
    expect(await identify(recorded.pid ?? 0)).toBeUndefined();
    if (process.platform === 'linux') expect(await identify(marked.pid ?? 0)).toBeUndefined();
    expect(await identify(other.pid ?? 0)).toBeDefined();
    other.kill('SIGKILL');
    marked.kill('SIGKILL');
    expect(await readdir(base)).toEqual([]);
  });
});

describe('runBases', () => {
  const env = (folder: string) => ({ XDG_RUNTIME_DIR: folder });
  it('prefers a private XDG_RUNTIME_DIR', async () => {
    const runtime = join(base, 'runtime');
    await mkdir(runtime, { mode: 0o700 });
    expect((await runBases(env(runtime)))[0]).toBe(runtime);
    await chmod(runtime, 0o755);
    expect(await runBases(env(runtime))).not.toContain(runtime);
  });

  it('passes over paths too long for sockets, and always ends with /tmp', async () => {
    const runtime = join(base, 'x'.repeat(60));
    await mkdir(runtime, { mode: 0o700 });
    expect((await lstat(runtime)).isDirectory()).toBe(true);
    const bases = await runBases(env(runtime));
    expect(bases).not.toContain(runtime);
    expect(bases.at(-1)).toBe('/tmp');
  });
});

async function selfIdentity() {
  return (await identify(process.pid)) ?? {};
}
