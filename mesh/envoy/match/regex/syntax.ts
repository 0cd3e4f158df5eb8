/** Inclusive code point ranges. `properties` are Unicode property escapes as JavaScript writes them (`\p{Lu}`). */
export interface CharSet {
  ranges: [number, number][];
  properties: string[];
  negated: boolean;
}

export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'word' | 'notWord';

/** A parsed pattern. `max` absent means without bound; `capture` is the group's number from 1. */
export type Node =
  | { kind: 'set'; set: CharSet }
  | { kind: 'assert'; assertion: Assertion }
  | { kind: 'concat'; parts: Node[] }
  | { kind: 'alternate'; parts: Node[] }
  | { kind: 'group'; body: Node; capture?: number }
  | { kind: 'repeat'; body: Node; min: number; max?: number; greedy: boolean };

export interface Pattern {
  root: Node;
  captures: number;
}

/** A pattern that RE2 refuses, with RE2's own wording where it has one. */
export class RegexError extends Error {}

const digits: [number, number][] = [[48, 57]];
const word: [number, number][] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
// RE2's \s has no vertical tab: https://github.com/google/re2/wiki/Syntax ("Perl character classes").
const space: [number, number][] = [
  [9, 10],
  [12, 13],
  [32, 32],
];

export const perlClasses: { [letter: string]: [number, number][] } = { d: digits, w: word, s: space };

/** Names inside [[:name:]]; https://github.com/google/re2/wiki/Syntax ("ASCII character classes"). */
export const posixClasses: { [name: string]: [number, number][] } = {
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  alpha: [
    [65, 90],
    [97, 122],
  ],
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: digits,
  graph: [[33, 126]],
  lower: [[97, 122]],
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: [[65, 90]],
  word,
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
};

const lastCodePoint = 0x10ffff;

/** What the ranges leave out. */
export function complement(ranges: [number, number][]): [number, number][] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  let next = 0;
  for (const [low, high] of sorted) {
    if (low > next) out.push([next, low - 1]);
    next = Math.max(next, high + 1);
  }
  if (next <= lastCodePoint) out.push([next, lastCodePoint]);
  return out;
}

/** Adds the other case of each letter; beyond ASCII only for ranges of one character. */
export function foldCase(ranges: [number, number][]): [number, number][] {
  return ranges.flatMap(([low, high]) => [[low, high] as [number, number], ...otherCase(low, high)]);
}

function otherCase(low: number, high: number): [number, number][] {
  if (low === high && low > 127) {
    const text = String.fromCodePoint(low);
    return [text.toLowerCase(), text.toUpperCase()].map((t) => [t.codePointAt(0) ?? low, t.codePointAt(0) ?? low]);
  }
  return [shifted([low, high], [65, 90], 32), shifted([low, high], [97, 122], -32)].flat();
}

function shifted(range: [number, number], letters: [number, number], by: number): [number, number][] {
  const [low, high] = [Math.max(range[0], letters[0]), Math.min(range[1], letters[1])];
  return low <= high ? [[low + by, high + by]] : [];
}
