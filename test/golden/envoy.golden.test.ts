import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envoyBinary, needs } from '../../mesh/host/envoy/testing/require.ts';
import { type LocalConfig, localise } from '../../mesh/host/localise/localise.ts';
import { somePlace } from '../../mesh/host/localise/testing/some.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import { inlined, someSecrets, type TestSecrets } from '../support/golden-inline.ts';
import { goldenScenarios, meshIn, type Scenario } from '../support/golden-scenarios.ts';

const run = promisify(execFile);
const scenarios = goldenScenarios();

/** Real Envoy reads what we make for every sidecar of every scenario, routes, endpoints, secrets and extensions included. */
describe('real Envoy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-validate-'));
  const place = somePlace({ runFolder: folder, podFolder: folder });
  let secrets: TestSecrets;
  beforeAll(async () => {
    secrets = await someSecrets();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What Envoy has against our configuration for a sidecar; empty when it takes it. */
  async function refusal(scenario: Scenario, name: string, spoil = (_: LocalConfig) => {}): Promise<string> {
    const { snapshot, sidecars } = meshIn(scenario);
    const proxy = sidecars.get(name);
    if (!proxy) throw new Error(`there is no sidecar ${name}`);
    const config = localise(xds(snapshot, proxy), proxy, place);
    spoil(config);
    const file = join(mkdtempSync(join(folder, 'v')), 'bootstrap.json');
    writeFileSync(file, JSON.stringify(inlined(config, { proxy, place, secrets })));
    try {
      await run(envoyBinary, ['--mode', 'validate', '--disable-hot-restart', '--log-level', 'error', '-c', file]);
      return '';
    } catch (error) {
      return (error as { stderr?: string }).stderr || String(error);
    }
  }

  describe.each(scenarios)('takes $name', (scenario) => {
    it.concurrent.for(scenario.sidecars)('%s', async (name, context) => {
      needs(context, 'envoy');
      expect(await refusal(scenario, name)).toBe('');
    });
  });

  // What was inlined is really read.
  it.for<[string, string, (config: LocalConfig) => void]>([
    [
      'a listener',
      'Listener',
      ({ listeners }) => {
        Object.assign(listeners[0] ?? {}, { address: {} });
      },
    ],
    [
      'a route configuration',
      'VirtualHost',
      ({ routes }) => {
        for (const route of routes) route.virtualHosts = [{ name: 'x' }];
      },
    ],
    [
      'endpoints',
      'ClusterLoadAssignment',
      ({ endpoints }) => {
        for (const assignment of endpoints) assignment.endpoints = [{ priority: 1000 }];
      },
    ],
  ])('refuses %s that is wrong', async ([, message, spoil], context) => {
    needs(context, 'envoy');
    const scenario = scenarios.find((s) => s.name === 'a02-weighted-subsets');
    expect(scenario && (await refusal(scenario, 'web-frontend', spoil))).toContain(message);
  });
});
