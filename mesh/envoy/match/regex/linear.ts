import { charClass } from './javascript.ts';
import { type Assertion, type CharSet, type Node, type Pattern, RegexError } from './syntax.ts';

// A Pike virtual machine: all alternatives advance together, so that time is at most program × text
// (R. Cox, "Regular Expression Matching: the Virtual Machine Approach", the design of RE2 itself).

type Instruction =
  | { op: 'set'; test: (code: number) => boolean }
  | { op: 'assert'; assertion: Assertion }
  | { op: 'save'; slot: number }
  /** Tries `first` before `second`: order is priority, as in RE2's leftmost-first. */
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { op: 'match' };

export type Program = Instruction[];

/** RE2 gives up at 8 MiB of program (re2.h, kDefaultMaxMem); this is the same order of patterns. */
const maxInstructions = 100_000;

/** Throws a RegexError when the pattern is too large. */
export function compileProgram(pattern: Pattern): Program {
  const program: Program = [];
  emit(program, { kind: 'group', body: pattern.root, capture: 0 });
  program.push({ op: 'match' });
  return program;
}

function emit(program: Program, node: Node): void {
  if (program.length > maxInstructions) throw new RegexError('pattern too large - compile failed');
  switch (node.kind) {
    case 'set':
      program.push({ op: 'set', test: testOf(node.set) });
      return;
    case 'assert':
      program.push({ op: 'assert', assertion: node.assertion });
      return;
    case 'concat':
      for (const part of node.parts) emit(program, part);
      return;
    case 'alternate':
      emitAlternate(program, node.parts);
      return;
    case 'group':
      emitGroup(program, node);
      return;
    case 'repeat':
      emitRepeat(program, node);
  }
}

function emitGroup(program: Program, node: Extract<Node, { kind: 'group' }>): void {
  if (node.capture !== undefined) program.push({ op: 'save', slot: 2 * node.capture });
  emit(program, node.body);
  if (node.capture !== undefined) program.push({ op: 'save', slot: 2 * node.capture + 1 });
}

function emitAlternate(program: Program, parts: Node[]): void {
  const jumps: Extract<Instruction, { op: 'jump' }>[] = [];
  for (const [i, part] of parts.entries()) {
    const split = { op: 'split' as const, first: program.length + 1, second: 0 };
    const isLast = i === parts.length - 1;
    if (!isLast) program.push(split);
    emit(program, part);
    if (isLast) break;
    const jump = { op: 'jump' as const, to: 0 };
    jumps.push(jump);
    program.push(jump);
    split.second = program.length;
  }
  for (const jump of jumps) jump.to = program.length;
}

function emitRepeat(program: Program, node: Extract<Node, { kind: 'repeat' }>): void {
  for (let i = 0; i < node.min; i++) emit(program, node.body);
  if (node.max === undefined) {
    const start = program.length;
    optional(program, node.greedy, () => {
      emit(program, node.body);
      program.push({ op: 'jump', to: start });
    });
    return;
  }
  const rest = (left: number): void => {
    if (left === 0) return;
    optional(program, node.greedy, () => {
      emit(program, node.body);
      rest(left - 1);
    });
  };
  rest(node.max - node.min);
}

function optional(program: Program, greedy: boolean, body: () => void): void {
  const split = { op: 'split' as const, first: 0, second: 0 };
  program.push(split);
  const inside = program.length;
  body();
  const outside = program.length;
  split.first = greedy ? inside : outside;
  split.second = greedy ? outside : inside;
}

function testOf(set: CharSet): (code: number) => boolean {
  const { ranges, negated } = set;
  if (set.properties.length > 0) {
    const source = new RegExp(charClass(set), 'u');
    return (code) => source.test(String.fromCodePoint(code));
  }
  return (code) => ranges.some(([low, high]) => code >= low && code <= high) !== negated;
}

interface Threads {
  at: Int32Array;
  saves: (number[] | undefined)[];
  length: number;
  /** Step in which an instruction was last added: a sparse set. */
  seen: Int32Array;
}

const threads = (size: number): Threads => ({
  at: new Int32Array(size),
  saves: new Array(size),
  length: 0,
  seen: new Int32Array(size).fill(-1),
});

interface Run {
  program: Program;
  text: string;
  /** Only a match from `from` to the end of the text counts. */
  anchored: boolean;
}

/** The slots of the leftmost match at or after `from` (whole text: `anchored`), or undefined. */
export function runProgram(
  program: Program,
  text: string,
  options: { from: number; anchored: boolean },
): number[] | undefined {
  const run: Run = { program, text, anchored: options.anchored };
  let [current, next] = [threads(program.length), threads(program.length)];
  let found: number[] | undefined;
  for (let at = options.from; at <= text.length; ) {
    const mayStart = found === undefined && (at === options.from || !options.anchored);
    if (mayStart) follow({ program, text, list: current, at }, 0, []);
    if (current.length === 0 && !mayStart) break;
    const code = at < text.length ? (text.codePointAt(at) ?? 0) : -1;
    const after = at + (code > 0xffff ? 2 : 1);
    next.length = 0;
    found = step(run, current, { list: next, code, after }) ?? found;
    [current, next] = [next, current];
    at = after;
  }
  return found;
}

/** Moves all threads over one character (-1: the end); a match cuts off the threads behind it. */
function step(run: Run, current: Threads, to: { list: Threads; code: number; after: number }): number[] | undefined {
  for (let i = 0; i < current.length; i++) {
    const index = current.at[i] ?? 0;
    const instruction = run.program[index];
    const saves = current.saves[i] ?? [];
    if (instruction?.op === 'match') {
      if (!run.anchored || to.code < 0) return saves;
    } else if (instruction?.op === 'set' && to.code >= 0 && instruction.test(to.code)) {
      follow({ program: run.program, text: run.text, list: to.list, at: to.after }, index + 1, saves);
    }
  }
  return undefined;
}

/** Adds an instruction and all that it reaches without a character, in order of priority; no recursion. */
function follow(
  run: { program: Program; text: string; list: Threads; at: number },
  start: number,
  startSaves: number[],
): void {
  const { program, text, list, at } = run;
  const stack: [number, number[]][] = [[start, startSaves]];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const [index, saves] = top;
    if (list.seen[index] === at) continue;
    list.seen[index] = at;
    const instruction = program[index];
    if (instruction?.op === 'jump') stack.push([instruction.to, saves]);
    else if (instruction?.op === 'split') stack.push([instruction.second, saves], [instruction.first, saves]);
    else if (instruction?.op === 'save') stack.push([index + 1, withSlot(saves, instruction.slot, at)]);
    else if (instruction?.op === 'assert') {
      if (holds(instruction.assertion, text, at)) stack.push([index + 1, saves]);
    } else {
      list.at[list.length] = index;
      list.saves[list.length++] = saves;
    }
  }
}

function withSlot(saves: number[], slot: number, at: number): number[] {
  const copy = saves.slice();
  copy[slot] = at;
  return copy;
}

const isWord = (char: string | undefined): boolean => char !== undefined && /^\w$/.test(char);

function holds(assertion: Assertion, text: string, at: number): boolean {
  if (assertion === 'textStart') return at === 0;
  if (assertion === 'textEnd') return at === text.length;
  if (assertion === 'lineStart') return at === 0 || text[at - 1] === '\n';
  if (assertion === 'lineEnd') return at === text.length || text[at] === '\n';
  return (isWord(text[at - 1]) !== isWord(text[at])) === (assertion === 'word');
}
