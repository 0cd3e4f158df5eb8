/**
 * What Go's regexp (RE2 syntax) says against a pattern, as `error parsing regexp: …`; nothing when it compiles.
 * Covers syntax that differs from JavaScript's or fails in both: https://github.com/google/re2/wiki/Syntax,
 * words of Go's regexp/syntax ErrorCode. Not covered: the limits on size and nesting.
 */
export function re2Error(pattern: string): string | undefined {
  const error = parse(pattern);
  return error && `error parsing regexp: ${error}`;
}

interface State {
  /** Positions of open groups. */
  groups: number[];
  /** True when something stands before that may be repeated. */
  repeatable: boolean;
  /** The repetition operator just read, with its start; another one after it is an error. */
  repeat: number | undefined;
}

function parse(pattern: string): string | undefined {
  const state: State = { groups: [], repeatable: false, repeat: undefined };
  let at = 0;
  while (at < pattern.length) {
    const next = step(pattern, at, state);
    if (typeof next === 'string') return next;
    at = next;
  }
  return state.groups.length > 0 ? `missing closing ): \`${pattern}\`` : undefined;
}

/** Reads one token; returns the position after it, or the error. */
function step(pattern: string, at: number, state: State): number | string {
  const char = pattern[at] ?? '';
  const repeat = repetition(pattern, at);
  if (repeat) return repeated(pattern, { at, text: repeat }, state);
  state.repeat = undefined;
  if (char === '(') return open(pattern, at, state);
  if (char === ')') return close(pattern, at, state);
  state.repeatable = char !== '|';
  if (char === '[') return characterClass(pattern, at);
  if (pattern.startsWith('\\Q', at)) return literal(pattern, at, state);
  if (char === '\\') return escapeSequence(pattern, at);
  return at + 1;
}

/** `*`, `+`, `?`, `{2}`, `{2,}`, `{2,3}`, each with a lazy `?`; a brace that is none of these is a literal. */
const repetition = (pattern: string, at: number) => /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(pattern.slice(at))?.[0];

function repeated(pattern: string, { at, text }: { at: number; text: string }, state: State): number | string {
  const [, low, high] = /^\{(\d+),?(\d*)\}/.exec(text) ?? [];
  const tooMany = Number(low ?? 0) > 1000 || Number(high || 0) > 1000;
  if (tooMany || (high && Number(high) < Number(low))) {
    return `invalid repeat count: \`${text.replace(/\?$/, '')}\``;
  }
  if (!state.repeatable) return `missing argument to repetition operator: \`${text}\``;
  if (state.repeat !== undefined) {
    return `invalid nested repetition operator: \`${pattern.slice(state.repeat, at)}${text}\``;
  }
  state.repeat = at;
  return at + text.length;
}

function open(pattern: string, at: number, state: State): number | string {
  const rest = pattern.slice(at);
  if (!rest.startsWith('(?')) {
    state.repeatable = false;
    state.groups.push(at);
    return at + 1;
  }
  const head = /^\(\?P?</.test(rest) ? named(rest) : flags(rest);
  if (head.error !== undefined) return head.error;
  // Flags alone are no group: what stands before them may still be repeated.
  if (head.text.endsWith(')')) return at + head.text.length;
  state.repeatable = false;
  state.groups.push(at);
  return at + head.text.length;
}

/** `(?P<name>` or `(?<name>`; lookbehind looks like one with a wrong name. */
function named(rest: string): { text: string; error?: string } {
  const [text = rest, name = ''] = /^\(\?P?<([^>]*)>/.exec(rest) ?? [];
  return /^\w+$/.test(name) ? { text } : { text, error: `invalid named capture: \`${text}\`` };
}

/** `(?i)`, `(?s-i:`; everything else that begins so (lookahead, atomic groups, backreferences) RE2 does not have. */
function flags(rest: string): { text: string; error?: string } {
  const text = /^\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)?[:)]/.exec(rest)?.[0];
  if (text) return { text };
  const shown = /^\(\?[imsU-]*[^imsU-]?/u.exec(rest)?.[0] ?? rest;
  return { text: shown, error: `invalid or unsupported Perl syntax: \`${shown}\`` };
}

/** `\Q…\E`: nothing in it has a meaning; without `\E` it goes to the end. */
function literal(pattern: string, at: number, state: State): number {
  const end = pattern.indexOf('\\E', at + 2);
  state.repeatable = end !== at + 2;
  return end < 0 ? pattern.length : end + 2;
}

function close(pattern: string, at: number, state: State): number | string {
  if (state.groups.pop() === undefined) return `unexpected ): \`${pattern}\``;
  state.repeatable = true;
  return at + 1;
}

const escapes =
  /^\\(?:[\\!"#$%&'()*+,\-./:;<=>?@[\]^_`{|}~]|[abfnrtvdDsSwWAzBCQE]|[0-7]{1,3}|x[0-9a-fA-F]{2}|x\{[0-9a-fA-F]+\}|[pP](?:[A-Z]|\{\^?\w+\}))/;

function escapeSequence(pattern: string, at: number): number | string {
  const rest = pattern.slice(at);
  if (rest.length === 1) return 'trailing backslash at end of expression: ``';
  const match = escapes.exec(rest)?.[0];
  // \1 … \7 alone are backreferences; octal needs a leading 0 or three digits.
  if (!match || /^\\[1-7]{1,2}$/.test(match)) return `invalid escape sequence: \`${rest.slice(0, 2)}\``;
  return at + match.length;
}

/** In a class there are no positions and no quoting. */
function classEscape(pattern: string, at: number): number | string {
  const two = pattern.slice(at, at + 2);
  return /^\\[bBAzQE]$/.test(two) ? `invalid escape sequence: \`${two}\`` : escapeSequence(pattern, at);
}

function characterClass(pattern: string, start: number): number | string {
  let at = start + (pattern[start + 1] === '^' ? 2 : 1);
  let first = true;
  while (at < pattern.length && (first || pattern[at] !== ']')) {
    first = false;
    const posix = /^\[:\^?\w*:\]/.exec(pattern.slice(at))?.[0];
    if (posix) {
      at += posix.length;
      continue;
    }
    const end = pattern[at] === '\\' ? classEscape(pattern, at) : at + 1;
    if (typeof end === 'string') return end;
    const range = /^-([^\]\\])/.exec(pattern.slice(end));
    const [low, high] = [pattern[at] ?? '', range?.[1] ?? ''];
    if (range && end === at + 1 && high < low) return `invalid character class range: \`${low}-${high}\``;
    at = range ? end + 2 : end;
  }
  return at < pattern.length ? at + 1 : `missing closing ]: \`${pattern.slice(start)}\``;
}
