import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../../test/support/labs.ts';
import { runCommand } from '../../test/support/run-command.ts';
import { commands } from './commands/registry.ts';

const golden = (name: string) => join(repository, 'test/golden/help', `${name}.txt`);
const names = ['list', 'run', 'xds', 'explain', 'analyze', 'lint', 'receipt', 'site', 'doctor', 'clean', 'completion'];

describe('help', () => {
  it('of the program', async () => {
    const { code, out } = await runCommand(['--help']);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(golden('mesh-labs'));
  });

  it.each(names)('of %s has examples and is golden', async (name) => {
    const { code, out } = await runCommand([name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toContain(`mesh-labs ${name}`);
    await expect(out).toMatchFileSnapshot(golden(name));
    expect((await runCommand(['help', name])).out).toBe(out);
  });

  it('knows every command, and no text is left of one that went', () => {
    expect(commands).toHaveLength(names.length);
    const files = readdirSync(join(repository, 'test/golden/help')).sort();
    expect(files).toEqual([...names, 'mesh-labs'].map((name) => `${name}.txt`).sort());
  });
});
