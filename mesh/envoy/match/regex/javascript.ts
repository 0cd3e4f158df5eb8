import type { Assertion, CharSet, Node } from './syntax.ts';

const assertions: { [name in Assertion]: string } = {
  textStart: '^',
  textEnd: '$',
  lineStart: '(?<=^|\\n)',
  lineEnd: '(?=\\n|$)',
  word: '\\b',
  notWord: '\\B',
};

/** The pattern in JavaScript's syntax, for the flag `u` alone. */
export function toJavaScript(node: Node): string {
  switch (node.kind) {
    case 'set':
      return charClass(node.set);
    case 'assert':
      return assertions[node.assertion];
    case 'concat':
      return node.parts.map(toJavaScript).join('');
    case 'alternate':
      return `(?:${node.parts.map(toJavaScript).join('|')})`;
    case 'group':
      return `(${node.capture === undefined ? '?:' : ''}${toJavaScript(node.body)})`;
    case 'repeat':
      return `(?:${toJavaScript(node.body)}){${node.min},${node.max ?? ''}}${node.greedy ? '' : '?'}`;
  }
}

export function charClass(set: CharSet): string {
  const ranges = set.ranges.map(([low, high]) => (low === high ? code(low) : `${code(low)}-${code(high)}`));
  return `[${set.negated ? '^' : ''}${ranges.join('')}${set.properties.join('')}]`;
}

const code = (point: number): string => `\\u{${point.toString(16)}}`;

/** How a backtracking engine fares: independent choices, and nested or adjacent loops. */
export interface Cost {
  /** Loops in a row; time grows with the text's length to this power. */
  loops: number;
  /** Places with more than one way, outside of loops; time doubles with each. */
  choices: number;
  /**
   * Not for JavaScript's engine: a loop over something of variable length, where time may grow exponentially, or an
   * optional part that may be empty, which JavaScript never takes and RE2 does.
   */
  nested: boolean;
  /** May match the empty text. */
  nullable: boolean;
}

export function costOf(node: Node): Cost {
  switch (node.kind) {
    case 'group':
      return costOf(node.body);
    case 'concat':
      return sum(node.parts.map(costOf), (parts) => parts.every((part) => part.nullable));
    case 'alternate': {
      const cost = sum(node.parts.map(costOf), (parts) => parts.some((part) => part.nullable));
      return { ...cost, choices: cost.choices + 1 };
    }
    case 'repeat':
      return repeatCost(costOf(node.body), node.min, node.max);
    default:
      return { loops: 0, choices: 0, nested: false, nullable: node.kind === 'assert' };
  }
}

function repeatCost(body: Cost, min: number, max: number | undefined): Cost {
  const isLoop = max === undefined || max > 1;
  const isVariable = min !== max;
  return {
    loops: body.loops + (isVariable && isLoop ? 1 : 0),
    choices: body.choices + (isVariable && !isLoop ? 1 : 0),
    nested: body.nested || (isLoop && body.loops + body.choices > 0) || (isVariable && body.nullable),
    nullable: min === 0 || body.nullable,
  };
}

const sum = (costs: Cost[], nullable: (costs: Cost[]) => boolean): Cost => ({
  loops: costs.reduce((n, c) => n + c.loops, 0),
  choices: costs.reduce((n, c) => n + c.choices, 0),
  nested: costs.some((c) => c.nested),
  nullable: nullable(costs),
});
