import { parseBracket, parseEscape, type Reader, readProperty } from './classes.ts';
import { complement, foldCase, type Node, type Pattern, perlClasses, RegexError } from './syntax.ts';

// RE2's syntax (https://github.com/google/re2/wiki/Syntax), as Envoy uses it: Perl syntax, leftmost-first, UTF-8
// (envoy source/common/common/regex.cc, CompiledGoogleReMatcher). What RE2 refuses is refused here.

interface Flags {
  ignoreCase: boolean;
  dotNewline: boolean;
  multiline: boolean;
  ungreedy: boolean;
}

interface State extends Reader {
  flags: Flags;
  captures: number;
  depth: number;
}

// RE2: maximum_repeat_count, and max_depth of the parser (re2/parse.cc).
const maxRepeat = 1000;
const maxDepth = 1000;

/** Throws a RegexError for what RE2 would refuse. */
export function parseRegex(pattern: string): Pattern {
  const flags = { ignoreCase: false, dotNewline: false, multiline: false, ungreedy: false };
  const state: State = { pattern, at: 0, flags, captures: 0, depth: 0 };
  const root = alternation(state);
  if (state.at < pattern.length) throw new RegexError(`unexpected ): ${pattern}`);
  checkRepeats(root, 1);
  return { root, captures: state.captures };
}

function alternation(state: State): Node {
  if (++state.depth > maxDepth) throw new RegexError('expression nests too deeply');
  const parts = [concatenation(state)];
  while (state.pattern[state.at] === '|') {
    state.at++;
    parts.push(concatenation(state));
  }
  state.depth--;
  return parts.length === 1 ? (parts[0] ?? empty) : { kind: 'alternate', parts };
}

const empty: Node = { kind: 'concat', parts: [] };

function concatenation(state: State): Node {
  const parts: Node[] = [];
  while (state.at < state.pattern.length && !'|)'.includes(state.pattern[state.at] ?? '')) {
    for (const atom of atoms(state)) parts.push(atom);
    const last = parts.pop();
    if (last) parts.push(repetition(state, last));
  }
  return parts.length === 1 ? (parts[0] ?? empty) : { kind: 'concat', parts };
}

function literal(state: State, code: number): Node {
  const ranges: [number, number][] = [[code, code]];
  return set(state.flags.ignoreCase ? foldCase(ranges) : ranges);
}

const set = (ranges: [number, number][]): Node => ({
  kind: 'set',
  set: { ranges, properties: [], negated: false },
});
const assertion = (name: Extract<Node, { kind: 'assert' }>['assertion']): Node => ({ kind: 'assert', assertion: name });

/** One atom, or the several literals of \Q…\E; none for a group that only sets flags. */
function atoms(state: State): Node[] {
  const char = String.fromCodePoint(state.pattern.codePointAt(state.at) ?? 0);
  if (char === '(') return group(state);
  if (char === '[') return [bracket(state)];
  if (char === '\\') return escaped(state);
  if ('*+?'.includes(char) || repeatCount.test(state.pattern.slice(state.at, state.at + 32)))
    throw new RegexError(`no argument for repetition operator: ${char}`);
  state.at += char.length;
  if (char === '.') return [set(state.flags.dotNewline ? [[0, 0x10ffff]] : complement([[10, 10]]))];
  if (char === '^') return [assertion(state.flags.multiline ? 'lineStart' : 'textStart')];
  if (char === '$') return [assertion(state.flags.multiline ? 'lineEnd' : 'textEnd')];
  return [literal(state, char.codePointAt(0) ?? 0)];
}

function bracket(state: State): Node {
  const found = parseBracket(state);
  if (state.flags.ignoreCase) found.ranges = foldCase(found.ranges);
  return { kind: 'set', set: found };
}

const repeatCount = /^\{\d+(,\d*)?\}/;

const assertions = { A: 'textStart', z: 'textEnd', b: 'word', B: 'notWord' } as const;

function escaped(state: State): Node[] {
  const letter = state.pattern[state.at + 1] ?? '';
  if (letter === 'Q') return quoted(state);
  if (letter === 'C') throw new RegexError('\\C (one byte) is not interpreted here');
  const named = letter in assertions ? assertions[letter as keyof typeof assertions] : undefined;
  if (named) {
    state.at += 2;
    return [assertion(named)];
  }
  const property = readProperty(state);
  if (property) return [{ kind: 'set', set: { ranges: [], properties: [property], negated: false } }];
  const perl = perlClasses[letter.toLowerCase()];
  if (perl) {
    state.at += 2;
    return [set(letter === letter.toLowerCase() ? perl : complement(perl))];
  }
  return [literal(state, parseEscape(state))];
}

function quoted(state: State): Node[] {
  const start = state.at + 2;
  const end = state.pattern.indexOf('\\E', start);
  const text = state.pattern.slice(start, end < 0 ? undefined : end);
  state.at = end < 0 ? state.pattern.length : end + 2;
  return [...text].map((char) => literal(state, char.codePointAt(0) ?? 0));
}

function group(state: State): Node[] {
  const rest = state.pattern.slice(state.at, state.at + 64);
  const named = /^\(\?P?<(\w+)>/.exec(rest);
  if (named || !rest.startsWith('(?')) return [capturing(state, named ? named[0].length : 1)];
  const flags = /^\(\?([imsU]*)(-[imsU]+)?([:)])/.exec(rest);
  // Look-around, atomic groups, conditionals, comments: RE2 has none of them.
  if (!flags) throw new RegexError(`invalid perl operator: ${rest.slice(0, 4)}`);
  state.at += flags[0].length;
  const before = state.flags;
  state.flags = withFlags(before, flags[1] ?? '', flags[2] ?? '');
  if (flags[3] === ')') return [];
  const body = closed(state);
  state.flags = before;
  return [{ kind: 'group', body }];
}

function capturing(state: State, opening: number): Node {
  state.at += opening;
  const capture = ++state.captures;
  const before = state.flags;
  const body = closed(state);
  state.flags = before;
  return { kind: 'group', body, capture };
}

function closed(state: State): Node {
  const body = alternation(state);
  if (state.pattern[state.at] !== ')') throw new RegexError(`missing ): ${state.pattern}`);
  state.at++;
  return body;
}

const flagNames = { i: 'ignoreCase', s: 'dotNewline', m: 'multiline', U: 'ungreedy' } as const;

function withFlags(flags: Flags, on: string, off: string): Flags {
  const next = { ...flags };
  for (const letter of on) next[flagNames[letter as keyof typeof flagNames]] = true;
  for (const letter of off.slice(1)) next[flagNames[letter as keyof typeof flagNames]] = false;
  return next;
}

function repetition(state: State, body: Node): Node {
  const found = /^(?:([*+?])|\{(\d{1,9})(,(\d{0,9}))?\})(\??)/.exec(state.pattern.slice(state.at, state.at + 32));
  if (!found) return body;
  state.at += found[0].length;
  // RE2 refuses a**, a+* and a{2}{3} in Perl syntax (re2/parse.cc, kRegexpRepeatOp).
  if (/^(?:[*+?]|\{\d+(,\d*)?\})/.test(state.pattern.slice(state.at, state.at + 32)))
    throw new RegexError(`bad repetition operator: ${found[0]}${state.pattern[state.at]}`);
  const { min, max } = bounds(found);
  if (min > maxRepeat || (max ?? 0) > maxRepeat || (max !== undefined && max < min))
    throw new RegexError(`invalid repetition size: ${found[0]}`);
  const repeat: Node = { kind: 'repeat', body, min, greedy: (found[5] === '') !== state.flags.ungreedy };
  if (max !== undefined) repeat.max = max;
  return repeat;
}

function bounds(found: RegExpExecArray): { min: number; max?: number } {
  if (found[1] === '*') return { min: 0 };
  if (found[1] === '+') return { min: 1 };
  if (found[1] === '?') return { min: 0, max: 1 };
  const min = Number(found[2]);
  if (found[3] === undefined) return { min, max: min };
  return found[4] === '' ? { min } : { min, max: Number(found[4]) };
}

/** RE2 bounds the product of nested counts too (re2/parse.cc, RepetitionWalker). */
function checkRepeats(node: Node, product: number): void {
  if (node.kind === 'concat' || node.kind === 'alternate') for (const part of node.parts) checkRepeats(part, product);
  if (node.kind === 'group') checkRepeats(node.body, product);
  if (node.kind !== 'repeat') return;
  const next = product * Math.max(1, node.max ?? node.min);
  if (next > maxRepeat) throw new RegexError('invalid repetition size: nested counts over 1000');
  checkRepeats(node.body, next);
}
