import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needs } from '../../mesh/host/envoy/testing/require.ts';
import { type Cli, runCli, startCli } from '../support/cli.ts';
import { runProcesses } from '../support/leftovers.ts';

const minute = 60_000;

/** Run folders lie here, so that a test sees only its own. */
let base: string;
const options = () => ({ env: { XDG_RUNTIME_DIR: base, TMPDIR: base } });
const start = (...args: string[]): Cli => startCli(['run', ...args, '--on', 'local'], options());

beforeEach((context) => {
  needs(context, 'envoy');
  base = mkdtempSync('/tmp/mlf-');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Processes and run folders that are left. */
const left = () => ({ processes: runProcesses(base), folders: readdirSync(base).filter((n) => n.startsWith('ml-')) });
const nothing = { processes: [], folders: [] };

const processOf = (what: RegExp): number => {
  const found = runProcesses(base).find((line) => what.test(line));
  if (!found) throw new Error(`no process ${what} in:\n${runProcesses(base).join('\n')}`);
  return Number.parseInt(found, 10);
};

describe('Ctrl-C', () => {
  const phases: [string, RegExp][] = [
    ['at the start', /^On local/m],
    ['while apps start', /mesh +opened/],
    ['in the control', /pods ready/],
    ['in the solution', / control /],
    ['between mutants', / mutant /],
  ];
  it.each(phases)(
    '%s ends everything: 130, nothing left',
    async (_, phase) => {
      const cli = start('strict-mtls', '--prove');
      await cli.says(phase);
      cli.child.kill('SIGINT');
      const { code, out } = await cli.end;
      expect(code, out).toBe(130);
      expect(out).not.toMatch(/PASSED/);
      expect(left()).toEqual(nothing);
    },
    minute,
  );
});

describe('a process that dies', () => {
  it.each([
    ['an Envoy', /envoy.* -c /],
    ['the apps', /apps\/main/],
    ['the traffic client', /traffic\/main/],
  ])(
    '%s: the run ends as an error, never as passed, and leaves nothing',
    async (_, what) => {
      // A lab of one solution: the next solution of another would get a new mesh, and pass.
      const cli = start('strict-mtls', '--prove');
      await cli.says(/pods ready/);
      process.kill(processOf(what), 'SIGKILL');
      const { code, out } = await cli.end;
      expect(out).not.toMatch(/PASSED/);
      expect(out).toMatch(/SIGKILL/);
      expect([1, 3], out).toContain(code);
      expect(left()).toEqual(nothing);
    },
    minute,
  );

  it(
    'the runner itself: the next command ends what it left',
    async () => {
      const cli = start('canary', '--prove');
      await cli.says(/pods ready/);
      cli.child.kill('SIGKILL');
      await cli.end;
      expect(left().processes.length).toBeGreaterThan(0);
      const { code, out } = await runCli(['clean'], options());
      expect(code, out).toBe(0);
      expect(left()).toEqual(nothing);
    },
    minute,
  );
});

it(
  'two runs at the same time do not disturb each other',
  async () => {
    const ends = await Promise.all([start('strict-mtls').end, start('strict-mtls').end]);
    for (const { code, out } of ends) expect(code, out).toBe(0);
    expect(left()).toEqual(nothing);
  },
  minute,
);
