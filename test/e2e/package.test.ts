import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../../mesh/host/envoy/testing/require.ts';
import { repository } from '../support/labs.ts';

/** npm on the Node of this test, so that the installed package runs on it too. */
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
  NODE_OPTIONS: '',
  NO_COLOR: '1',
};
const run = (command: string, args: string[], cwd: string): string =>
  execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync('/tmp/mlp-');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the published package runs canary as the clone does', (context) => {
  needs(context, 'envoy');
  run('npm', ['pack', '--pack-destination', folder], repository);
  const [tarball = ''] = readdirSync(folder);
  run('npm', ['init', '-y'], folder);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, tarball)], folder);
  expect(run('npx', ['mesh-labs', 'run', 'canary', '--on', 'local'], folder)).toMatch(/^PASSED {2}canary/m);
}, 600_000);
