import { isObject, type JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import { compileCidr } from '../match/cidr.ts';
import { notInterpreted } from '../match/unsupported.ts';
import { has, number, object, objects, text, typeOf } from '../runtime/proto.ts';
import type { Address } from '../types.ts';
import type { Seen } from './inspectors.ts';

/** What a connection shows of itself. */
export interface Shown extends Seen {
  source: Address;
  destination: Address;
}

/** The name of the filter chain that fits, undefined when none does. */
export type ChainMatcher = (shown: Shown) => string | undefined;

/** Network inputs (envoy source/extensions/matching/network/common/inputs.h), by the end of their type's name. */
const inputs: { [type: string]: (shown: Shown) => string } = {
  DestinationPortInput: ({ destination }) => String(destination.port),
  DestinationIPInput: ({ destination }) => destination.ip,
  SourceIPInput: ({ source }) => source.ip,
  DirectSourceIPInput: ({ source }) => source.ip,
  SourcePortInput: ({ source }) => String(source.port),
  ServerNameInput: ({ serverName }) => serverName,
  TransportProtocolInput: ({ transportProtocol }) => transportProtocol,
  ApplicationProtocolInput: ({ applicationProtocols }) => applicationProtocols.map((p) => `'${p}'`).join(','),
};

interface At {
  pointer: string;
  report(problem: Problem): void;
}

const nothing: ChainMatcher = () => undefined;

/**
 * Listener.filter_chain_matcher, a tree over exact values and ranges of addresses (xds.type.matcher.v3.Matcher); what it is
 * beyond that is reported and matches nothing.
 */
export function compileChainMatcher(matcher: JsonObject, at: At): ChainMatcher {
  const tree = object(matcher, 'matcherTree');
  const otherwise = compileOnMatch(object(matcher, 'onNoMatch'), at);
  const inner = has(matcher, 'matcherTree') ? compileTree(tree, at) : unknown('a list of matchers', at);
  return (shown) => inner(shown) ?? otherwise(shown);
}

function compileTree(tree: JsonObject, at: At): ChainMatcher {
  const type = typeOf(object(tree, 'input', 'typedConfig'));
  const input = inputs[type.slice(type.lastIndexOf('.') + 1)];
  if (!input) return unknown(`the input ${type}`, at);
  if (has(tree, 'exactMatchMap')) return compileMap(object(tree, 'exactMatchMap', 'map'), input, at);
  const custom = object(tree, 'customMatch', 'typedConfig');
  if (typeOf(custom) === 'xds.type.matcher.v3.IPMatcher') return compileRanges(custom, input, at);
  return unknown('a matcher that is no map of values and no IPMatcher', at);
}

function compileMap(map: JsonObject, input: (shown: Shown) => string, at: At): ChainMatcher {
  const known = new Map(
    Object.entries(map).flatMap(([value, next]) =>
      isObject(next) ? [[value, compileOnMatch(next, at)] as const] : [],
    ),
  );
  return (shown) => known.get(input(shown))?.(shown);
}

/** The narrowest range that leads to a chain wins (xds.type.matcher.v3.IPMatcher). */
function compileRanges(matcher: JsonObject, input: (shown: Shown) => string, at: At): ChainMatcher {
  const ranges = objects(matcher, 'rangeMatchers')
    .flatMap((range, i) => {
      const next = compileOnMatch(object(range, 'onMatch'), at);
      return objects(range, 'ranges').map((cidr) => ({
        bits: number(cidr, 'prefixLen'),
        cidr: compileCidr(cidr, `${at.pointer}/${i}`),
        next,
      }));
    })
    .sort((a, b) => b.bits - a.bits);
  return (shown) => {
    const ip = input(shown);
    for (const { cidr, next } of ranges) {
      const found = cidr.test(ip) ? next(shown) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** `matcher`, or `action`: a StringValue with the name of a filter chain. */
function compileOnMatch(onMatch: JsonObject, at: At): ChainMatcher {
  if (has(onMatch, 'matcher')) return compileChainMatcher(object(onMatch, 'matcher'), at);
  const name = text(object(onMatch, 'action', 'typedConfig'), 'value');
  return name === '' ? nothing : () => name;
}

function unknown(what: string, { pointer, report }: At): ChainMatcher {
  report(notInterpreted(`${what} of filter_chain_matcher`, pointer));
  return nothing;
}
