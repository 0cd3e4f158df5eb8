import type { JsonObject } from '../../json.ts';
import { child, objects, text, typeUrl } from './walk.ts';

/**
 * filterChainMatch written as a matcher. Envoy looks at one property after the other and takes the most specific value
 * at each, never going back (envoy.config.listener.v3.FilterChainMatch); a chain that does not name a property is in
 * the group "any other value" of it. So each property is one level of the tree, and every level ends in the default
 * chain: a matcher that finds nothing inside would otherwise go on outside.
 */
export function matchTree(chains: JsonObject[], fallback: string | undefined): JsonObject {
  return level(chains, 0, action(fallback ?? noChain));
}

/** A name that no chain has: the connection is closed without an answer. */
const noChain = 'no filter chain';

const action = (chain: string): JsonObject => ({
  action: { name: chain, typedConfig: { '@type': typeUrl('google.protobuf.StringValue'), value: chain } },
});

interface Property {
  /** The values of this property in a chain's match, most specific first after sorting; none: every value. */
  values(match: JsonObject): string[];
  /** Orders values, the more specific first; those that cannot overlap need no order. */
  specific?(a: string, b: string): number;
  predicate(value: string, position: number): JsonObject;
  /**
   * For a list that the client offers: how many of its places are looked at, one after the other, as Envoy takes the
   * first offered value that any chain names.
   */
  positions?: number;
}

const input = (type: string): JsonObject => ({
  name: type,
  typedConfig: { '@type': typeUrl(`envoy.extensions.matching.common_inputs.network.v3.${type}`) },
});
const equals = (type: string) => (value: string) => ({
  singlePredicate: { input: input(type), valueMatch: { exact: value } },
});
const strings = (match: JsonObject, field: string): string[] => {
  const value = match[field];
  return Array.isArray(value) ? value.map(String) : [];
};
const escapeRegex = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const one = (value: unknown): string[] => (value === undefined || value === '' ? [] : [String(value)]);

const ranges = (field: string, type: string): Property => ({
  values: (match) => objects(match[field]).map((r) => `${text(r, 'addressPrefix')}/${r.prefixLen ?? 0}`),
  specific: (a, b) => Number(b.split('/')[1]) - Number(a.split('/')[1]),
  predicate: (range) => {
    const [addressPrefix = '', length] = range.split('/');
    return {
      singlePredicate: {
        input: input(type),
        customMatch: {
          name: 'ip',
          typedConfig: {
            '@type': typeUrl('envoy.extensions.matching.input_matchers.ip.v3.Ip'),
            cidrRanges: [{ addressPrefix, prefixLen: Number(length) }],
            statPrefix: 'gate',
          },
        },
      },
    };
  },
});

const sourceTypes: { [type: string]: JsonObject } = {
  SAME_IP_OR_LOOPBACK: equals('SourceTypeInput')('local'),
  EXTERNAL: { notMatcher: equals('SourceTypeInput')('local') },
};

/** Envoy's order of properties; source: the documentation of FilterChainMatch. */
const properties: Property[] = [
  { values: (match) => one(match.destinationPort), predicate: equals('DestinationPortInput') },
  ranges('prefixRanges', 'DestinationIPInput'),
  {
    values: (match) => strings(match, 'serverNames').map((name) => name.toLowerCase()),
    specific: (a, b) => Number(a.startsWith('*')) - Number(b.startsWith('*')) || b.length - a.length,
    predicate: (name) => ({
      singlePredicate: {
        input: input('ServerNameInput'),
        valueMatch: name.startsWith('*') ? { suffix: name.slice(1) } : { exact: name },
      },
    }),
  },
  { values: (match) => one(match.transportProtocol), predicate: equals('TransportProtocolInput') },
  {
    values: (match) => strings(match, 'applicationProtocols'),
    predicate: (protocol, position) => ({
      singlePredicate: {
        input: input('ApplicationProtocolInput'),
        valueMatch: {
          safeRegex: { googleRe2: {}, regex: `(?:'[^']*',){${position}}'${escapeRegex(protocol)}'(?:,.*)?` },
        },
      },
    }),
    positions: 6,
  },
  ranges('directSourcePrefixRanges', 'DirectSourceIPInput'),
  {
    values: (match) => one(match.sourceType).filter((type) => type in sourceTypes),
    predicate: (type) => sourceTypes[type] ?? {},
  },
  ranges('sourcePrefixRanges', 'SourceIPInput'),
  { values: (match) => strings(match, 'sourcePorts'), predicate: equals('SourcePortInput') },
];

function level(chains: JsonObject[], index: number, none: JsonObject): JsonObject {
  const property = properties[index];
  // What is still together here has the same match; Envoy refuses such listeners, istiod does not write them.
  if (property === undefined) return { onNoMatch: chains[0] ? action(text(chains[0], 'name')) : none };
  const groups = new Map<string, JsonObject[]>();
  const others: JsonObject[] = [];
  for (const chain of chains) {
    const values = property.values(child(chain, 'filterChainMatch'));
    if (values.length === 0) others.push(chain);
    for (const value of values) groups.set(value, [...(groups.get(value) ?? []), chain]);
  }
  const rest = others.length > 0 ? level(others, index + 1, none) : { onNoMatch: none };
  if (groups.size === 0) return rest;
  const values = [...groups.keys()].sort(property.specific ?? (() => 0));
  const places = Array.from({ length: property.positions ?? 1 }, (_, position) => position);
  return {
    matcherList: {
      matchers: places.flatMap((position) =>
        values.map((value) => ({
          predicate: property.predicate(value, position),
          onMatch: onMatch(level(groups.get(value) ?? [], index + 1, none)),
        })),
      ),
    },
    onNoMatch: onMatch(rest),
  };
}

/** A level without any predicate is its own outcome. */
const onMatch = (tree: JsonObject): JsonObject =>
  'matcherList' in tree ? { matcher: tree } : child(tree, 'onNoMatch');
