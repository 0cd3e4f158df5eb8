import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { matchTree } from './match-tree.ts';
import { child, objects, text } from './walk.ts';

/** One connection, as the listener filters see it. */
interface Connection {
  port: number;
  sni: string;
  transport: string;
  alpn: string[];
}

/** Envoy's own choice by filterChainMatch, written apart: one property after the other, never back. */
function byMatch(chains: JsonObject[], c: Connection): string | undefined {
  const of = (chain: JsonObject) => child(chain, 'filterChainMatch');
  const narrow = (left: JsonObject[], exact: (m: JsonObject) => boolean, unset: (m: JsonObject) => boolean) => {
    const found = left.filter((chain) => exact(of(chain)));
    return found.length > 0 ? found : left.filter((chain) => unset(of(chain)));
  };
  const list = (m: JsonObject, field: string) => (Array.isArray(m[field]) ? (m[field] as string[]) : []);
  const names = [c.sni, ...c.sni.split('.').map((_, i, all) => `*.${all.slice(i + 1).join('.')}`)];
  let left = narrow(
    chains,
    (m) => m.destinationPort === c.port,
    (m) => m.destinationPort === undefined,
  );
  const name = names.find((n) => left.some((chain) => list(of(chain), 'serverNames').includes(n)));
  left = narrow(
    left,
    (m) => name !== undefined && list(m, 'serverNames').includes(name),
    (m) => list(m, 'serverNames').length === 0,
  );
  left = narrow(
    left,
    (m) => m.transportProtocol === c.transport,
    (m) => text(m, 'transportProtocol') === '',
  );
  const offered = c.alpn.find((p) => left.some((chain) => list(of(chain), 'applicationProtocols').includes(p)));
  left = narrow(
    left,
    (m) => offered !== undefined && list(m, 'applicationProtocols').includes(offered),
    (m) => list(m, 'applicationProtocols').length === 0,
  );
  return left[0] === undefined ? undefined : text(left[0], 'name');
}

/** Walks the matcher as Envoy does: the first predicate that holds decides, even when it leads nowhere. */
function byTree(tree: JsonObject, c: Connection): string {
  for (const matcher of objects(child(tree, 'matcherList').matchers)) {
    if (holds(child(matcher, 'predicate'), c)) return outcome(child(matcher, 'onMatch'), c);
  }
  return outcome(child(tree, 'onNoMatch'), c);
}
const outcome = (match: JsonObject, c: Connection): string =>
  'matcher' in match ? byTree(child(match, 'matcher'), c) : text(child(child(match, 'action'), 'typedConfig'), 'value');

function holds(predicate: JsonObject, c: Connection): boolean {
  const single = child(predicate, 'singlePredicate');
  const value = {
    DestinationPortInput: String(c.port),
    ServerNameInput: c.sni,
    TransportProtocolInput: c.transport,
    ApplicationProtocolInput: c.alpn.map((p) => `'${p}'`).join(','),
  }[text(child(single, 'input'), 'name')];
  const match = child(single, 'valueMatch');
  if (value === undefined) throw new Error(`unknown input in ${JSON.stringify(predicate)}`);
  if (typeof match.exact === 'string') return value === match.exact;
  if (typeof match.suffix === 'string') return value.endsWith(match.suffix);
  return new RegExp(`^(?:${text(child(match, 'safeRegex'), 'regex')})$`).test(value);
}

const ports = fc.option(fc.constantFrom(80, 443), { nil: undefined });
const matches = fc.record(
  {
    destinationPort: ports,
    serverNames: fc.constantFrom<string[][]>(['a.b.c'], ['*.b.c'], ['*.c', 'x.c']),
    transportProtocol: fc.constantFrom('tls', 'raw_buffer'),
    applicationProtocols: fc.constantFrom<string[][]>(['h2'], ['istio', 'istio-h2'], ['http/1.1']),
  },
  { requiredKeys: [] },
);
const connections = fc.record({
  port: fc.constantFrom(80, 443, 9),
  sni: fc.constantFrom('', 'a.b.c', 'z.b.c', 'x.c', 'q.r.c', 'other'),
  transport: fc.constantFrom('tls', 'raw_buffer'),
  alpn: fc.uniqueArray(fc.constantFrom('h2', 'istio', 'istio-h2', 'http/1.1', 'zzz')),
});
/** Envoy refuses two chains with the same match. */
const distinct = fc.uniqueArray(matches, { maxLength: 8, comparator: (a, b) => overlap(a, b) });
const overlap = (a: object, b: object) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

describe('matchTree', () => {
  it('chooses the chain that filterChainMatch would have chosen', () => {
    fc.assert(
      fc.property(distinct, fc.boolean(), connections, (list, hasDefault, connection) => {
        const chains: JsonObject[] = list.map((filterChainMatch, i) => ({ name: `chain${i}`, filterChainMatch }));
        const tree = matchTree(chains, hasDefault ? 'default' : undefined);
        const expected = byMatch(chains, connection) ?? (hasDefault ? 'default' : 'no filter chain');
        expect(byTree(tree, connection)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('puts the longer prefix first', () => {
    const chain = (name: string, addressPrefix: string, prefixLen: number): JsonObject => ({
      name,
      filterChainMatch: { prefixRanges: [{ addressPrefix, prefixLen }] },
    });
    const tree = matchTree([chain('wide', '10.0.0.0', 8), chain('narrow', '10.1.0.0', 16)], undefined);
    expect(
      JSON.stringify(tree)
        .match(/"value":"\w+/g)
        ?.slice(0, 2),
    ).toEqual(['"value":"narrow', '"value":"wide']);
  });
});
