import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needs } from '../../mesh/host/envoy/testing/require.ts';
import { builtPlaces } from '../../runner/cli/built-places.ts';
import { runCli } from '../support/cli.ts';
import { repository } from '../support/labs.ts';
import { runCommand } from '../support/run-command.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync('/tmp/mlb-');
  cpSync(join(repository, 'labs'), join(root, 'labs'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(root, 'labs', file);
  const text = readFileSync(path, 'utf8');
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  writeFileSync(path, edited);
}

/** Runs canary of the edited catalogue on real Envoys. */
const run = () =>
  runCommand(['run', 'canary', '--on', 'local'], {
    deps: { root, places: builtPlaces(process.env), env: process.env },
  });

describe('what is wrong is told with its place and the fix', () => {
  const virtualService = 'canary/manifests/virtual-service.yaml';
  it.each<[string, () => void, RegExp[]]>([
    [
      'a YAML syntax error',
      () => edit('canary/lab.yaml', 'level: beginner', 'level: [beginner'),
      [/labs\/canary\/lab\.yaml:\d+:\d+/],
    ],
    [
      'an unknown field of a lab',
      () => edit('canary/lab.yaml', 'objectives:', 'objektives:'),
      [/objektives/, /labs\/canary\/lab\.yaml:9:1/, /objectives/],
    ],
    [
      'an unknown field of a manifest',
      () => edit('canary/manifests/destination-rule.yaml', '  host:', '  worloadSelector: {}\n  host:'),
      [/worloadSelector/, /labs\/canary\/manifests\/destination-rule\.yaml:7:3/, /workloadSelector/],
    ],
    [
      'a negative weight',
      () => edit(virtualService, 'weight: 30', 'weight: -1'),
      [/weight/, /virtual-service\.yaml:\d+:\d+/],
    ],
    [
      'weights that are all 0',
      () => edit(virtualService, /weight: \d+/g, 'weight: 0'),
      [/total destination weight = 0/, /virtual-service\.yaml/],
    ],
  ])(
    '%s',
    async (_, spoil, said) => {
      spoil();
      const { code, out, err } = await run();
      expect(code, out + err).toBe(2);
      for (const pattern of said) expect(out + err).toMatch(pattern);
    },
    60_000,
  );

  beforeEach((context) => needs(context, 'envoy'));
});

it('a lab that does not exist: the nearest name', async () => {
  const { code, err } = await runCli(['run', 'canray']);
  expect(code).toBe(2);
  expect(err).toMatch(/canary/);
});

it('no Envoy to be had: exit 3 and what to do', async () => {
  const { code, out, err } = await runCli(['run', 'canary', '--on', 'local'], {
    env: {
      MESH_LABS_ENVOY: undefined,
      MESH_LABS_CACHE: join(root, 'cache'),
      MESH_LABS_OFFLINE: '1',
      PATH: '/nonexistent',
    },
  });
  expect(code, out + err).toBe(3);
  expect(err).toMatch(/no Envoy/i);
  expect(err).toMatch(/MESH_LABS_ENVOY/);
});
