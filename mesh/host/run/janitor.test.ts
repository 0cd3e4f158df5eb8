import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify, pidScope } from './identity.ts';
import { janitor } from './janitor.ts';
import { readOwner, writeOwner, writeRecord } from './records.ts';
import { openRunFolder } from './run-folder.ts';

let base: string;
let children: ChildProcess[];
beforeEach(async () => {
  base = await mkdtemp('/tmp/test-');
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(base, { recursive: true, force: true });
});

const sleeper = (env: NodeJS.ProcessEnv = {}): number => {
  const child = spawn('sleep', ['600'], { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
  children.push(child);
  return child.pid ?? 0;
};
const clean = () => janitor({ bases: [base], graceMs: 200 });
const lives = async (pid: number) => (await identify(pid)) !== undefined;

/**
 * Runs the script in a Node process of its own, with `run` (a run folder) and `sleeper` at hand, until it prints a line
 * of JSON; then kills it with SIGKILL. Returns what it printed.
 */
async function crash<T>(script: string): Promise<T> {
  const source = `
    import { spawn } from 'node:child_process';
    import { openRunFolder } from ${JSON.stringify(new URL('./run-folder.ts', import.meta.url).href)};
    const run = await openRunFolder({ bases: [${JSON.stringify(base)}] });
    const sleeper = (env) => spawn('sleep', ['60'], { env: { ...process.env, ...env }, stdio: 'ignore' }).pid;
    ${script}
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(owner);
  const [line] = await once(owner.stdout, 'data');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  return JSON.parse(String(line));
}

describe('a run whose owner was killed', () => {
  it('is removed with the process it recorded', async () => {
    const { folder, pid } = await crash<{ folder: string; pid: number }>(
      `const pid = sleeper({}); await run.recordProcess(pid, 'envoy of a.shop');
       console.log(JSON.stringify({ folder: run.path, pid }));`,
    );
    expect(await lives(pid)).toBe(true);
    expect(await clean()).toMatchObject([{ folder, ended: [{ pid, what: 'envoy of a.shop' }] }]);
    expect(await lives(pid)).toBe(false);
    expect(await readdir(base)).toEqual([]);
  });

  it('is removed with a process that it had no time to record', async ({ skip }) => {
    if (process.platform !== 'linux') return skip('only Linux tells the environment of a process');
    const pid = await crash<number>('console.log(JSON.stringify(sleeper(run.env)))');
    expect(await clean()).toMatchObject([{ ended: [{ pid, what: 'not recorded' }] }]);
    expect(await lives(pid)).toBe(false);
  });

  it('is removed once by two janitors at a time', async () => {
    const pid = await crash<number>(
      "const pid = sleeper({}); await run.recordProcess(pid, 'x'); console.log(JSON.stringify(pid));",
    );
    const removed = (await Promise.all([clean(), clean(), clean()])).flat();
    expect(removed).toHaveLength(1);
    expect(await lives(pid)).toBe(false);
    expect(await readdir(base)).toEqual([]);
  });
});

/** A run folder in which the owner has been replaced by a process that has ended. */
async function orphan(change: object = {}): Promise<string> {
  const run = await openRunFolder({ bases: [base] });
  const owner = { ...(await readOwner(run.path)), start: '1', ...change };
  await writeFile(join(run.path, 'owner.json'), JSON.stringify(owner));
  return run.path;
}

describe('of a crashed run', () => {
  it('a process that ignores SIGTERM is killed', async () => {
    const folder = await orphan();
    const child = spawn('sh', ['-c', 'trap "" TERM; echo ready; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    await writeRecord(folder, { ...(await identity(pid)), what: 'stubborn' });
    await clean();
    expect(await lives(pid)).toBe(false);
  });

  it('a process that reuses a recorded pid is spared', async () => {
    const folder = await orphan();
    const pid = sleeper();
    await writeRecord(folder, { pid, start: '12345', what: 'another one' });
    expect(await clean()).toEqual([{ folder, ended: [] }]);
    expect(await lives(pid)).toBe(true);
  });

  it('a record that is a symbolic link, or broken, names no process', async () => {
    const folder = await orphan();
    const pid = sleeper();
    const elsewhere = join(base, 'elsewhere.json');
    await writeFile(elsewhere, JSON.stringify({ ...(await identity(pid)), what: 'planted' }));
    await symlink(elsewhere, join(folder, 'processes', `${pid}.json`));
    await writeFile(join(folder, 'processes', '17.json'), '{"pid": 17, "sta');
    await writeFile(join(folder, 'processes', '1.json'), JSON.stringify({ pid: 1, start: '0', what: 'init' }));
    expect(await clean()).toEqual([{ folder, ended: [] }]);
    expect(await lives(pid)).toBe(true);
    expect(await readFile(elsewhere, 'utf8')).toContain('planted');
  });

  it('a link inside the folder is removed, not followed', async () => {
    const folder = await orphan();
    await mkdir(join(base, 'mine'));
    await writeFile(join(base, 'mine', 'precious'), 'x');
    await symlink(join(base, 'mine'), join(folder, 'link'));
    await clean();
    expect(await readdir(base)).toEqual(['mine']);
    expect(await readdir(join(base, 'mine'))).toEqual(['precious']);
  });

  it('of an earlier boot everything has ended; the folder goes', async () => {
    const folder = await orphan({ scope: { ...pidScope(), boot: 'earlier' }, ...(await identity(process.pid)) });
    expect(await clean()).toEqual([{ folder, ended: [] }]);
  });
});

describe('the janitor leaves alone', () => {
  afterEach(async () => {
    expect(await clean()).toEqual([]);
  });

  it('a living run and its processes', async () => {
    const run = await openRunFolder({ bases: [base] });
    const [recorded, marked] = [sleeper(), sleeper(run.env)];
    await run.recordProcess(recorded, 'x');
    expect(await clean()).toEqual([]);
    expect([await lives(recorded), await lives(marked)]).toEqual([true, true]);
    expect((await lstat(run.path)).isDirectory()).toBe(true);
  });

  it('processes of another run and of none', async () => {
    const pid = sleeper({ MESH_LABS_RUN: join(base, 'ml-2-other0') });
    await orphan();
    await clean();
    expect(await lives(pid)).toBe(true);
  });

  it.each([
    ['another container', { namespace: 'pid:[1]' }],
    ['another machine', { boot: 'another', host: 'another' }],
  ])('a run of %s', async (_name, scope) => {
    const folder = await orphan({ scope: { ...pidScope(), ...scope } });
    expect(await clean()).toEqual([]);
    expect((await lstat(folder)).isDirectory()).toBe(true);
  });

  it('a symbolic link that looks like a run', async () => {
    const folder = await orphan();
    const hidden = join(base, 'hidden');
    await mkdir(hidden, { mode: 0o700 });
    await writeOwner(hidden, { ...(await identity(process.pid)), start: '1', scope: pidScope(), createdAt: '' });
    await rm(folder, { recursive: true });
    await symlink(hidden, folder);
    expect(await clean()).toEqual([]);
    expect(await readdir(hidden)).toContain('owner.json');
  });

  it('a folder that others can enter', async () => {
    const folder = await orphan();
    await chmod(folder, 0o755);
    expect(await clean()).toEqual([]);
  });

  it("another user's folder", async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip('only root can give a folder away');
    const folder = await orphan();
    await chown(folder, 65534, 65534);
    expect(await clean()).toEqual([]);
  });

  it('a run that is being opened', async () => {
    await mkdir(join(base, `ml-${process.pid}-abcdef`), { mode: 0o700 });
    await mkdir(join(base, 'ml-4194303-abcdef'), { mode: 0o700 });
    expect(await clean()).toEqual([]);
  });

  it('whatever only resembles a run by its name', async () => {
    for (const name of ['ml-notes', 'ml-12-abc', 'xml-12-abcdef', 'ml-12-abcdefg'])
      await mkdir(join(base, name), { mode: 0o700 });
    expect(await clean()).toEqual([]);
    expect(await readdir(base)).toHaveLength(4);
  });
});

async function identity(pid: number) {
  const found = await identify(pid);
  if (!found) throw new Error(`process ${pid} has ended`);
  return found;
}
