import { costOf, toJavaScript } from './regex/javascript.ts';
import { compileProgram, type Program, runProgram } from './regex/linear.ts';
import { parseRegex } from './regex/parse.ts';
import { type Pattern, RegexError } from './regex/syntax.ts';

/**
 * RE2 patterns with RE2's promise of bounded time: JavaScript's engine where its backtracking is known to be short,
 * else a virtual machine in linear time. Both come from one parsed pattern.
 */
interface Engines {
  /** Whether JavaScript's engine is safe for a text of this length. */
  isQuick: (length: number) => boolean;
  pattern: Pattern;
  source: string;
  program: () => Program;
}

/** Steps that backtracking may take at worst; about a millisecond. */
const quickSteps = 1_000_000;

function engines(pattern: string): Engines {
  const parsed = parseRegex(pattern);
  const { loops, choices, nested } = costOf(parsed.root);
  const program = compileProgram(parsed);
  return {
    isQuick: (length) => !nested && choices < 20 && 2 ** choices * (length + 1) ** (loops + 1) <= quickSteps,
    pattern: parsed,
    source: toJavaScript(parsed.root),
    program: () => program,
  };
}

/** Whole-text match, as Envoy's safe_regex (RE2::FullMatch). Throws a RegexError for what RE2 refuses. */
export function compileRegex(pattern: string): (text: string) => boolean {
  const { isQuick, source, program } = engines(pattern);
  const quick = new RegExp(`^(?:${source})$`, 'u');
  return (text) =>
    isQuick(text.length) ? quick.test(text) : runProgram(program(), text, { from: 0, anchored: true }) !== undefined;
}

type Find = (text: string, from: number) => (string | undefined)[] & { index?: number };

/**
 * Replaces every match as RE2::GlobalReplace does, with `\0` to `\9` and `\\` in the substitution (Envoy's
 * RegexMatchAndSubstitute). Throws a RegexError for a substitution that RE2 refuses.
 */
export function compileReplaceAll(pattern: string, substitution: string): (text: string) => string {
  const { isQuick, pattern: parsed, source, program } = engines(pattern);
  const rewrite = compileRewrite(substitution, parsed.captures);
  const quick = new RegExp(source, 'gu');
  const slow = slowFind(program);
  const fast: Find = (text, from) => {
    quick.lastIndex = from;
    return quick.exec(text) ?? [];
  };
  return (text) => replaceAll(text, isQuick(text.length) ? fast : slow, rewrite);
}

const slowFind =
  (program: () => Program): Find =>
  (text, from) => {
    const slots = runProgram(program(), text, { from, anchored: false });
    if (!slots) return [];
    const groups = Array.from({ length: slots.length >> 1 }, (_, i) => text.slice(slots[2 * i] ?? 0, slots[2 * i + 1]));
    return Object.assign(groups, { index: slots[0] });
  };

function replaceAll(text: string, find: Find, rewrite: (groups: (string | undefined)[]) => string): string {
  let out = '';
  let done = 0;
  let lastEnd = -1;
  for (let from = 0; from <= text.length; ) {
    const found = find(text, from);
    if (found[0] === undefined) break;
    const start = found.index ?? 0;
    const end = start + found[0].length;
    // An empty match right behind a match does not count (re2.cc, RE2::GlobalReplace).
    if (end === start && start === lastEnd) {
      from = start + 1;
      continue;
    }
    out += text.slice(done, start) + rewrite(found);
    done = end;
    lastEnd = end;
    from = end === start ? end + 1 : end;
  }
  return out + text.slice(done);
}

function compileRewrite(substitution: string, captures: number): (groups: (string | undefined)[]) => string {
  const parts = substitution.split(/(\\[\s\S]?)/).filter((part) => part !== '');
  const pieces = parts.map((part): string | number => {
    if (!part.startsWith('\\')) return part;
    if (part === '\\\\') return '\\';
    const group = /^\\\d$/.test(part) ? Number(part[1]) : Number.NaN;
    // RE2::CheckRewriteString.
    if (Number.isNaN(group)) throw new RegexError("invalid rewrite pattern: '\\' must be followed by a digit or '\\'");
    if (group > captures) throw new RegexError(`invalid substitution: \\${group} of ${captures} groups`);
    return group;
  });
  return (groups) => pieces.map((piece) => (typeof piece === 'number' ? (groups[piece] ?? '') : piece)).join('');
}
