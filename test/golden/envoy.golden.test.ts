import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envoyBinary, needs } from '../../mesh/host/envoy/testing/require.ts';
import { type LocalConfig, localise } from '../../mesh/host/localise/localise.ts';
import { somePlace } from '../../mesh/host/localise/testing/some.ts';
import { secretNames } from '../../mesh/istiod/xds/secrets.ts';
import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import type { JsonObject } from '../../mesh/json.ts';
import { inlined, someSecrets, type TestSecrets } from '../support/golden-inline.ts';
import { goldenScenarios, meshIn, type Scenario } from '../support/golden-scenarios.ts';

const run = promisify(execFile);
const scenarios = goldenScenarios();

/** What istiod sent to a proxy. */
function measured({ expected }: Scenario, name: string): XdsConfig {
  const part = (of: string) => (expected.get(name)?.[of] ?? []) as JsonObject[];
  const sent = {
    listeners: part('listeners'),
    routes: part('routes'),
    clusters: part('clusters'),
    endpoints: part('endpoints'),
    extensionConfigs: part('extensionConfigs'),
  };
  return { ...sent, secrets: secretNames(sent), problems: [], origins: new Map() };
}

/**
 * Real Envoy reads what every sidecar and gateway of every scenario gets from us, routes, endpoints, secrets and extensions
 * included, and what the waypoints get from istiod: both as localise leaves it.
 */
describe('real Envoy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-validate-'));
  const place = somePlace({ runFolder: folder, podFolder: folder });
  let secrets: TestSecrets;
  beforeAll(async () => {
    secrets = await someSecrets();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What Envoy has against our configuration for a proxy, or istiod's; empty when it takes it. */
  async function refusal(scenario: Scenario, name: string, spoil = (_: LocalConfig) => {}): Promise<string> {
    const { snapshot, sidecars, waypoints } = meshIn(scenario);
    const waypoint = waypoints.get(name);
    const proxy = sidecars.get(name) ?? waypoint;
    if (!proxy) throw new Error(`there is no proxy ${name}`);
    const config = localise(waypoint ? measured(scenario, name) : xds(snapshot, proxy), proxy, place);
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
    it.concurrent.for([...scenario.sidecars, ...scenario.waypoints])('%s', async (name, context) => {
      needs(context, 'envoy');
      expect(await refusal(scenario, name)).toBe('');
    });
  });

  it('leaves no waypoint out', () => {
    expect(scenarios.flatMap((s) => s.waypoints.map((name) => `${s.name}/${name}`))).toEqual(['a18-ambient-waypoint/waypoint']);
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
