import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { type ConnectionFacts, findChain, readChainMatch } from './chain-match.ts';

const facts = (more: Partial<ConnectionFacts> = {}): ConnectionFacts => ({
  destination: { ip: '10.0.0.5', port: 8080 },
  source: { ip: '10.1.0.9', port: 40_000 },
  serverName: '',
  transportProtocol: 'raw_buffer',
  applicationProtocols: [],
  ...more,
});
const range = (cidr: string) => ({ addressPrefix: cidr.split('/')[0] ?? '', prefixLen: Number(cidr.split('/')[1]) });
const tls = (more: Partial<ConnectionFacts> = {}) => facts({ transportProtocol: 'tls', ...more });

/** Chains in order, the connection, and the index of the chain that is taken (-1: none). */
const cases: [string, JsonObject[], ConnectionFacts, number][] = [
  ['nothing asked', [{}], facts(), 0],
  ['port before none', [{}, { destinationPort: 8080 }], facts(), 1],
  ['other port', [{ destinationPort: 80 }], facts(), -1],
  [
    'longest prefix',
    [{ prefixRanges: [range('10.0.0.0/8')] }, { prefixRanges: [range('10.0.0.0/24')] }, {}],
    facts(),
    1,
  ],
  ['prefix of the other family', [{ prefixRanges: [range('::/0')] }], facts(), -1],
  [
    'several prefixes in one chain',
    [{ prefixRanges: [range('192.0.2.0/24'), range('10.0.0.5/32')] }, { prefixRanges: [range('10.0.0.0/24')] }],
    facts(),
    0,
  ],
  [
    'exact server name before wildcard',
    [{ serverNames: ['*.b.c'] }, { serverNames: ['a.b.c'] }],
    tls({ serverName: 'a.b.c' }),
    1,
  ],
  [
    'long wildcard before short',
    [{ serverNames: ['*.c'] }, { serverNames: ['*.b.c'] }, {}],
    tls({ serverName: 'a.b.c' }),
    1,
  ],
  ['a wildcard is not the domain itself', [{ serverNames: ['*.b.c'] }], tls({ serverName: 'b.c' }), -1],
  ['no server name goes to who asks none', [{ serverNames: ['a'] }, {}], tls(), 1],
  ['transport protocol', [{ transportProtocol: 'tls' }, { transportProtocol: 'raw_buffer' }], facts(), 1],
  [
    'the client names its protocols in its own order',
    [{ applicationProtocols: ['h2'] }, { applicationProtocols: ['http/1.1'] }],
    tls({ applicationProtocols: ['http/1.1', 'h2'] }),
    1,
  ],
  [
    'protocols that no chain names',
    [{ applicationProtocols: ['h2'] }, {}],
    tls({ applicationProtocols: ['istio'] }),
    1,
  ],
  [
    'source type: same address',
    [{ sourceType: 'SAME_IP_OR_LOOPBACK' }, {}],
    facts({ source: { ip: '10.0.0.5', port: 1 } }),
    0,
  ],
  ['source type: from elsewhere', [{ sourceType: 'SAME_IP_OR_LOOPBACK' }, { sourceType: 'EXTERNAL' }], facts(), 1],
  ['source prefix', [{ sourcePrefixRanges: [range('10.1.0.0/16')] }, {}], facts(), 0],
  [
    'direct source before source',
    [{ sourcePrefixRanges: [range('10.1.0.9/32')] }, { directSourcePrefixRanges: [range('10.0.0.0/8')] }],
    facts(),
    1,
  ],
  ['source port', [{ sourcePorts: [1, 40_000] }, {}], facts(), 0],
  // "There is no way back" (FilterChainMatch documentation, the example with prefix and server name).
  [
    'an earlier criterion decides, even when a later one then fails',
    [{ prefixRanges: [range('10.0.0.0/24')], serverNames: ['x'] }, { prefixRanges: [range('10.0.0.0/8')] }],
    facts(),
    -1,
  ],
  [
    'port and server name',
    [{ destinationPort: 8080, serverNames: ['x'] }, { serverNames: ['a'] }],
    tls({ serverName: 'a' }),
    -1,
  ],
];

describe('filter chain match', () => {
  it.each(cases)('%s', (_, chains, connection, expected) => {
    const list = chains.map((match, i) => ({ i, match: readChainMatch(match) }));
    expect(findChain(list, connection).chain?.i ?? -1).toBe(expected);
  });

  it('tells the criterion that left nothing', () => {
    const list = [{ match: readChainMatch({ destinationPort: 1 }) }];
    expect(findChain(list, facts()).failedAt).toBe('destination port');
  });
});
