import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { lbEndpoint, mini, miniConfig, ok } from '../testing/mini.ts';

const metadata = (labels: JsonObject): JsonObject => ({ metadata: { filterMetadata: { 'envoy.lb': labels } } });
const route = (wanted: JsonObject): JsonObject[] => [
  { match: { prefix: '/' }, route: { cluster: 'c', metadataMatch: { filterMetadata: { 'envoy.lb': wanted } } } },
];

// Rules: docs, load_balancing/subsets.
describe('lbSubsetConfig', () => {
  const endpoints = [
    lbEndpoint('10.0.1.1', 8080, metadata({ version: 'v1' })),
    lbEndpoint('10.0.1.2', 8080, metadata({ version: 'v2', stage: 'dev' })),
    lbEndpoint('10.0.1.3', 8080, metadata({ version: 'v2', stage: 'prod' })),
  ];
  const selectors = { subsetSelectors: [{ keys: ['version'] }, { keys: ['version', 'stage'] }] };
  it.each<[string, JsonObject, JsonObject, number[] | string]>([
    ['by one key', { version: 'v1' }, {}, [6, 0, 0]],
    ['several hosts', { version: 'v2' }, {}, [0, 3, 3]],
    ['by two keys, in any order', { stage: 'prod', version: 'v2' }, {}, [0, 0, 6]],
    ['no such subset: NO_FALLBACK', { version: 'v3' }, {}, 'UH'],
    ['no such selector', { stage: 'prod' }, {}, 'UH'],
    ['no such subset: ANY_ENDPOINT', { version: 'v3' }, { fallbackPolicy: 'ANY_ENDPOINT' }, [2, 2, 2]],
    [
      'no such subset: DEFAULT_SUBSET',
      { version: 'v3' },
      { fallbackPolicy: 'DEFAULT_SUBSET', defaultSubset: { version: 'v1' } },
      [6, 0, 0],
    ],
    [
      'an empty default subset',
      { version: 'v3' },
      { fallbackPolicy: 'DEFAULT_SUBSET', defaultSubset: { x: '1' } },
      'UH',
    ],
  ])('%s', async (_, wanted, more, expected) => {
    const cluster = { lbPolicy: 'ROUND_ROBIN', lbSubsetConfig: { ...selectors, ...more } };
    const m = mini({ apps: [ok, ok, ok], endpoints, routes: route(wanted), cluster });
    const seen = await m.inTurn(6);
    const found = seen.every((o) => o.status === 200) ? m.seen.map((s) => s.length) : (seen[0]?.flags ?? '');
    expect(found).toEqual(expected);
  });
});

// Rule: applySlowStartFactor; share of the new host among two after half of the window.
describe('slow start', () => {
  const window = { slowStartWindow: '10s' };
  it.each<[string, JsonObject, number]>([
    ['round robin', { roundRobinLbConfig: { slowStartConfig: window } }, 50 / 150],
    [
      'aggression 2',
      { roundRobinLbConfig: { slowStartConfig: { ...window, aggression: { defaultValue: 2, runtimeKey: '(' } } } },
      Math.SQRT1_2 / (1 + Math.SQRT1_2),
    ],
    [
      'at least 90 %',
      { roundRobinLbConfig: { slowStartConfig: { ...window, minWeightPercent: { value: 90 } } } },
      90 / 190,
    ],
    ['least request', { lbPolicy: 'LEAST_REQUEST', leastRequestLbConfig: { slowStartConfig: window } }, 50 / 150],
    ['without', {}, 1 / 2],
  ])('%s', async (_, cluster, share) => {
    const got = await sharesAfter(5000, cluster);
    // Least request without slow start draws: 600 at 1/2, seven standard deviations.
    expect(Math.abs(got - 600 * share)).toBeLessThanOrEqual(cluster.roundRobinLbConfig ? 3 : 85);
  });

  it('ends with its window', async () => {
    expect(await sharesAfter(10_001, { roundRobinLbConfig: { slowStartConfig: window } })).toBe(300);
  });
});

/** Requests of 600 at a host that came so many milliseconds ago, beside an old one. */
async function sharesAfter(age: number, cluster: JsonObject): Promise<number> {
  const options = { apps: [ok, ok], cluster };
  const m = mini({ ...options, endpoints: [lbEndpoint('10.0.1.1', 8080)] });
  await m.sim.runFor(60_000);
  m.sim.update('client', miniConfig(options));
  await m.sim.runFor(age);
  // Its first turn was set when it weighed least.
  await m.inTurn(30);
  const before = m.seen[1]?.length ?? 0;
  await m.inTurn(600);
  return (m.seen[1]?.length ?? 0) - before;
}
