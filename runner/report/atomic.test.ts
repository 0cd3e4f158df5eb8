import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../fail.ts';
import { writeAtomically } from './atomic.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesh-labs-atomic-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeAtomically', () => {
  it('replaces a file, makes its folder, and leaves nothing beside it', async () => {
    const file = join(folder, 'a', 'r.json');
    await writeAtomically(file, 'old');
    await writeAtomically(file, 'new');
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await readdir(join(folder, 'a'))).toEqual(['r.json']);
  });

  it('names the file that cannot be written, and leaves nothing either', async () => {
    await writeFile(join(folder, 'taken'), '');
    const file = join(folder, 'taken', 'r.json');
    const error = await writeAtomically(file, 'x').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ exitCode: 2, problems: [{ where: { file } }] });
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('does not replace a folder', async () => {
    await expect(writeAtomically(folder, 'x')).rejects.toBeInstanceOf(CommandError);
  });
});
