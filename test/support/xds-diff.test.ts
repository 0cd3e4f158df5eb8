import { beforeAll, describe, expect, it } from 'vitest';
import { goldenScenarios } from './golden-scenarios.ts';
import { categoryOf, differences, lineOf } from './xds-diff.ts';

const xdsDiff = (want: unknown, got: unknown) => differences(want, got).map(lineOf);

/** The ten corruptions with which the yardstick tests itself (shared/tools/xds-diff.mjs --self-test). */
const corruptions: [string, RegExp, string][] = [
  ['every weight 50', /"weight": ?\d+/g, '"weight":50'],
  ['no client certificate', /"requireClientCertificate": ?true/g, '"requireClientCertificate":false'],
  ['per-route filter config renamed', /"typedPerFilterConfig"/g, '"typedPerFilterConfigX"'],
  ['header matches renamed', /"headers": ?\[/g, '"headersX":['],
  ['retry counts 9', /"numRetries": ?\d+/g, '"numRetries":9'],
  ['timeouts 9s', /"timeout": ?"[^"]*"/g, '"timeout":"9s"'],
  ['SANs changed', /"exact": ?"spiffe:[^"]*"/g, '"exact":"spiffe://x"'],
  ['load balancing changed', /"lbPolicy": ?"[^"]*"/g, '"lbPolicy":"MAGLEV"'],
  ['RBAC actions dropped', /"action": ?"DENY"/g, '"action":"LOG"'],
  ['extension configs dropped', /"extensionConfigs"/g, '"extensionConfigsX"'],
];

describe('the comparison with istiod', () => {
  let texts: string[];
  beforeAll(() => {
    texts = goldenScenarios().flatMap((s) => [...s.expected.values()].map((config) => JSON.stringify(config)));
  });

  it.each(corruptions)('sees in every proxy that has it: %s', (_, find, replacement) => {
    const corrupted = texts.map((text) => [text, text.replace(find, replacement)] as const).filter(([a, b]) => a !== b);
    expect(corrupted.length).toBeGreaterThan(0);
    for (const [text, other] of corrupted) {
      const behaviour = differences(JSON.parse(text), JSON.parse(other)).filter((d) => d.category !== 'cosmetic');
      expect(behaviour.length).toBeGreaterThan(0);
    }
  });

  it('finds every measured configuration equal to itself', () => {
    expect(texts).toHaveLength(51);
    expect(texts.flatMap((text) => xdsDiff(JSON.parse(text), JSON.parse(text)))).toEqual([]);
  });

  it('takes no notice of the order of keys, domains and named resources', () => {
    const want = { clusters: [{ name: 'a', type: 'EDS' }, { name: 'b' }], x: { domains: ['p', 'q'] } };
    const got = { x: { domains: ['q', 'p'] }, clusters: [{ name: 'b' }, { type: 'EDS', name: 'a' }] };
    expect(xdsDiff(want, got)).toEqual([]);
  });

  it.each([
    ['filters', { filters: [{ name: 'a' }, { name: 'b' }] }, { filters: [{ name: 'b' }, { name: 'a' }] }],
    [
      'routes of a virtual host',
      { virtualHosts: [{ routes: [{ name: 'a' }, { name: 'b' }] }] },
      { virtualHosts: [{ routes: [{ name: 'b' }, { name: 'a' }] }] },
    ],
  ])('sees the order of %s', (_, want, got) => {
    expect(xdsDiff(want, got)).not.toEqual([]);
  });

  it('takes undefined for absent, as JSON does', () => {
    expect(xdsDiff({ a: 1 }, { a: 1, b: undefined })).toEqual([]);
  });

  it('names what is wrong, missing and unexpected', () => {
    expect(xdsDiff({ a: 1, b: [] }, { a: 2, c: {} })).toEqual(['! .a: want 1, got 2', '- .b = []', '+ .c = {}']);
  });
});

const filters = '.listeners[l].filterChains[c].filters';
describe('categories', () => {
  it.each([
    ['matching', '.listeners[l].filterChains[c].filterChainMatch.destinationPort'],
    ['matching', `${filters}<order>`],
    ['routing', '.routes[80].virtualHosts[v].routes[0].match.prefix'],
    ['routing', `${filters}[envoy.filters.network.tcp_proxy].typedConfig.cluster`],
    ['policy', `${filters}[envoy.filters.network.rbac].typedConfig.rules.action`],
    ['policy', '.routes[80].virtualHosts[v].routes[0].typedPerFilterConfig.x'],
    ['identity', '.clusters[c].transportSocketMatches[tlsMode-istio].name'],
    ['balancing', '.clusters[c].lbPolicy'],
    ['balancing', '.endpoints[c].endpoints[0].lbEndpoints[0].metadata.filterMetadata.istio'],
    ['ambient', '.addresses[a].workload.name'],
    ['cosmetic', '.clusters[c].altStatName'],
  ])('%s: %s', (category, path) => {
    expect(categoryOf(path)).toBe(category);
  });
});
