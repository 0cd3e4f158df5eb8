import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { CommandFailed, findExecutable, run } from './exec.ts';
import { identify } from './run/identity.ts';

describe('run', () => {
  it('hands arguments over as they are, without a shell', async () => {
    const odd = ['$HOME', 'a b', '"; exit 3', '*', "it's"];
    const { stdout } = await run(process.execPath, ['-p', 'JSON.stringify(process.argv.slice(1))', ...odd]);
    expect(JSON.parse(stdout)).toEqual(odd);
  });

  it('keeps command, exit code and output of a failure', async () => {
    const error = await failure(run(process.execPath, ['-e', 'console.error("the reason"); process.exit(4)']));
    expect(error).toMatchObject({ exitCode: 4, stderr: 'the reason\n' });
    expect(error.problems[0]?.what).toMatch(/^`.*` ended with exit code 4: the reason$/);
  });

  it('says when a command cannot be started', async () => {
    const error = await failure(run('/nonexistent/tool', ['x']));
    expect(error.problems[0]?.what).toMatch(/^`\/nonexistent\/tool x` could not be started/);
  });

  it('ends a command at its time limit', async () => {
    const error = await failure(run('sleep', ['600'], { timeoutMs: 50 }));
    expect(error.message).toContain('did not end within 50 ms');
  });

  it('ends grandchildren too when aborted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'test-'));
    const file = join(folder, 'pid');
    const abort = new AbortController();
    const running = run('sh', ['-c', `sleep 600 & echo $! > ${file}; wait`], { signal: abort.signal });
    const grandchild = await vi.waitUntil(
      async () => Number(await readFile(file, 'utf8').catch(() => '')) || undefined,
    );
    abort.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
    await vi.waitUntil(async () => (await identify(grandchild)) === undefined);
    await rm(folder, { recursive: true });
  });

  it('finds executables on the given PATH only', async () => {
    expect(await findExecutable('sh', '/usr/bin:/bin')).toMatch(/\/sh$/);
    expect(await findExecutable('sh', '/nonexistent')).toBeUndefined();
    expect(await findExecutable('sh', undefined)).toBeUndefined();
  });
});

async function failure(promise: Promise<unknown>): Promise<CommandFailed> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(CommandFailed);
  return error as CommandFailed;
}
