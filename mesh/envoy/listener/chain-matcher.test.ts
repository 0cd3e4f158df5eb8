import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { typed } from '../testing/mini.ts';
import { compileChainMatcher } from './chain-matcher.ts';

const chain = (value: string): JsonObject => ({
  action: { name: value, typedConfig: typed('google.protobuf.StringValue', { value }) },
});
const input = (name: string): JsonObject => ({
  name,
  typedConfig: typed(`envoy.extensions.matching.common_inputs.network.v3.${name}`),
});
const byValue = (name: string, map: JsonObject, more: JsonObject = {}): JsonObject => ({
  matcher: { matcherTree: { input: input(name), exactMatchMap: { map } }, ...more },
});
const ranges = (...all: [prefix: string, bits: number, onMatch: JsonObject][]): JsonObject => ({
  matcherTree: {
    input: input('DestinationIPInput'),
    customMatch: {
      name: 'ip',
      typedConfig: typed('xds.type.matcher.v3.IPMatcher', {
        rangeMatchers: all.map(([addressPrefix, prefixLen, onMatch]) => ({
          ranges: [{ addressPrefix, prefixLen }],
          onMatch,
        })),
      }),
    },
  },
});

// As istiod writes it for waypoints (golden a18).
const waypoint: JsonObject = {
  ...ranges(
    ['10.96.0.10', 32, byValue('DestinationPortInput', { '80': chain('web') })],
    ['10.96.0.0', 16, chain('wide')],
    [
      '10.244.0.0',
      16,
      byValue('ApplicationProtocolInput', { "'h2c'": chain('direct-http') }, { onNoMatch: chain('direct-tcp') }),
    ],
  ),
  onNoMatch: chain('last'),
};

describe('filter_chain_matcher', () => {
  it.each<[string, string, number, string[], string]>([
    ['address and port', '10.96.0.10', 80, [], 'web'],
    ['the wider range where the narrow one leads nowhere', '10.96.0.10', 81, [], 'wide'],
    ['the wider range', '10.96.9.9', 80, [], 'wide'],
    ['a protocol', '10.244.1.1', 80, ['h2c'], 'direct-http'],
    ['none of the protocols', '10.244.1.1', 80, [], 'direct-tcp'],
    ['nothing at all', '1.1.1.1', 80, [], 'last'],
  ])('%s', (_, ip, port, applicationProtocols, expected) => {
    const match = compileChainMatcher(waypoint, { pointer: '', report: () => expect.unreachable() });
    const shown = { serverName: '', transportProtocol: 'raw_buffer' as const, applicationProtocols };
    expect(match({ ...shown, source: { ip: '9.9.9.9', port: 1 }, destination: { ip, port } })).toBe(expected);
  });

  it.each<[string, JsonObject]>([
    ['a list', { matcherList: {} }],
    ['an input', { matcherTree: { input: input('NoSuchInput'), exactMatchMap: { map: {} } } }],
    ['a prefix map', { matcherTree: { input: input('ServerNameInput'), prefixMatchMap: { map: {} } } }],
  ])('tells of what it does not know: %s', (_, matcher) => {
    const problems: string[] = [];
    compileChainMatcher(matcher, { pointer: '/m', report: (p) => problems.push(p.what) });
    expect(problems).toEqual([expect.stringContaining('filter_chain_matcher is not interpreted')]);
  });
});
