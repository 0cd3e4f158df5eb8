import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCatalogue } from '../../test/support/labs.ts';
import { runCommand } from '../../test/support/run-command.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesh-labs-cmd-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A package with the labs of this one, to be spoilt. */
async function copyOfLabs(): Promise<string> {
  await cp(join(testCatalogue, 'labs'), join(folder, 'labs'), { recursive: true });
  return folder;
}

describe('list', () => {
  it('shows labs by module', async () => {
    const { code, out } = await runCommand(['list']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^routing\n {2}canary +Send 30 % of the traffic to the new version +beginner, 15 min, sidecar$/m,
    );
  });

  it('as JSON is an array of one module', async () => {
    const { out } = await runCommand(['list', '--module', 'security', '--json']);
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ id: 'strict-mtls', module: 'security', dataPlanes: ['sidecar'] }),
    );
  });

  it('suggests the nearest module', async () => {
    const { code, err } = await runCommand(['list', '--module', 'ruoting']);
    expect([code, err]).toEqual([2, expect.stringMatching(/no module `ruoting`[\s\S]*Did you mean `routing`/)]);
  });
});

describe('a lab that is wrong', () => {
  it.each([
    ['lint', []],
    ['list', []],
    ['run', ['canary']],
    ['run', ['routing', '--dry-run']],
    ['run', ['all']],
  ])('is named by %s %j: file, line, column, fix', async (command, argv) => {
    const root = await copyOfLabs();
    await writeFile(join(root, 'labs/canary/lab.yaml'), 'id: canary\ntitel: x\n');
    const { code, err } = await runCommand([command, ...argv], { deps: { root } });
    expect(code).toBe(2);
    expect(err).toMatch(/labs\/canary\/lab\.yaml:\d+:\d+/);
  });

  it('is not in the way of another lab', async () => {
    const root = await copyOfLabs();
    await writeFile(join(root, 'labs/canary/lab.yaml'), ': : :');
    const { err } = await runCommand(['run', 'strict-mtls'], { deps: { root } });
    expect(err).toMatch(/No place is built/);
    const unknown = await runCommand(['run', 'canari'], { deps: { root } });
    expect(unknown.err).toMatch(/Did you mean `canary`/);
  });
});

describe('lint', () => {
  it('is content with this catalogue', async () => {
    expect(await runCommand(['lint'])).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+ labs, no problems\.\n$/),
      err: '',
    });
  });
});

describe('clean', () => {
  it('says what it removed, or that there was nothing', async () => {
    expect((await runCommand(['clean'])).out).toBe('Nothing was left behind.\n');
    const tidy = async () => ['Cleaned up after a crashed run: x'];
    expect((await runCommand(['clean'], { deps: { tidy } })).out).toBe('Cleaned up after a crashed run: x\n');
  });

  it('removes what we cached, and nothing else', async () => {
    const cache = join(folder, 'cache');
    await mkdir(join(cache, 'envoy'), { recursive: true });
    await writeFile(join(cache, 'envoy', 'x'), '12345');
    await writeFile(join(cache, 'of-the-user'), '');
    const deps = { env: { MESH_LABS_CACHE: cache } };
    expect((await runCommand(['clean', '--cache'], { deps })).out).toBe(`Cache removed: ${cache} (5 B).\n`);
    expect(await readdir(cache)).toEqual(['of-the-user']);
    expect((await runCommand(['clean', '--cache'], { deps })).out).toBe(`Nothing is cached (${cache}).\n`);
  });
});

describe('doctor', () => {
  const env = (cache: string) => ({
    MESH_LABS_CACHE: cache,
    MESH_LABS_OFFLINE: '1',
    PATH: '/nonexistent',
    TMPDIR: folder,
  });

  it('fails with the fix where there is no Envoy', async () => {
    const { code, out } = await runCommand(['doctor'], { deps: { env: env(join(folder, 'cache')) } });
    expect(code).toBe(3);
    expect(out).toMatch(/^ok {4}Node 24/m);
    expect(out).toMatch(/^fail {2}Envoy .*\n {6}fix Set MESH_LABS_ENVOY/m);
    expect(out).toMatch(/^ok {4}Cache .* can be written; it holds 0 B$/m);
    expect(out).toMatch(/^ok {4}\d+ labs$/m);
  });

  it('fails with the fix where the cache cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const { code, out } = await runCommand(['doctor'], { deps: { env: env(join(folder, 'file')) } });
    expect(code).toBe(3);
    expect(out).toMatch(/^fail {2}cannot write to the cache.*\n {6}fix Set MESH_LABS_CACHE/m);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('of %s knows commands, flags and labs', async (shell) => {
    const { code, out } = await runCommand(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['run', 'doctor', 'canary', 'prove']) expect(out).toContain(word);
  });

  it('of bash works in bash', async () => {
    const { out } = await runCommand(['completion', 'bash']);
    const complete = (line: string[], at: number) =>
      spawnSync(
        'bash',
        ['-c', `${out}\nCOMP_WORDS=(${line.join(' ')}); COMP_CWORD=${at}; _mesh_labs; echo "\${COMPREPLY[*]}"`],
        {
          encoding: 'utf8',
        },
      ).stdout.trim();
    expect(complete(['mesh-labs', 'do'], 1)).toBe('doctor');
    expect(complete(['mesh-labs', 'run', 'can'], 2)).toBe('canary');
    expect(complete(['mesh-labs', 'run', '--pr'], 2)).toBe('--prove');
  });
});
