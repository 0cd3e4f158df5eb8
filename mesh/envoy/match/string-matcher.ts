import type { JsonObject } from '../../json.ts';
import { quote, type TextMatcher } from './condition.ts';
import { field, flag, object, refuse, text } from './proto.ts';
import { RegexError } from './regex/syntax.ts';
import { compileRegex } from './regex.ts';

/** ASCII only, as absl::AsciiStrToLower; letters beyond stay as they are. */
export const asciiLower = (value: string): string => value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

interface Kind {
  /** How the sentence goes on, e.g. `starts with`. */
  verb: string;
  test(value: string, wanted: string): boolean;
}

const kinds: { [field: string]: Kind } = {
  exact: { verb: 'is', test: (value, wanted) => value === wanted },
  prefix: { verb: 'starts with', test: (value, wanted) => value.startsWith(wanted) },
  suffix: { verb: 'ends with', test: (value, wanted) => value.endsWith(wanted) },
  contains: { verb: 'contains', test: (value, wanted) => value.includes(wanted) },
};

/** In the words of Envoy's validation rules (envoy/type/matcher/v3). */
const tooShort = 'value length must be at least 1 characters';

/** envoy.type.matcher.v3.StringMatcher. Throws a ProblemError when Envoy would refuse it. */
export function compileString(matcher: JsonObject, pointer: string): TextMatcher {
  const regex = object(matcher, 'safeRegex');
  const ignoreCase = flag(matcher, 'ignoreCase') ?? false;
  if (regex && ignoreCase) return refuse('ignore_case has no effect for safe_regex.', pointer);
  if (regex) return compilePattern(regex, `${pointer}/safeRegex`);
  for (const [name, kind] of Object.entries(kinds)) {
    const wanted = field(matcher, name);
    if (wanted === '' && name !== 'exact') return refuse(`StringMatcher.${name}: ${tooShort}`, pointer);
    if (typeof wanted === 'string') return plain(kind, wanted, ignoreCase);
  }
  return refuse('a string matcher without a pattern that is interpreted here', pointer);
}

/** One of exact, prefix, suffix, contains. */
export function plainMatcher(kind: 'exact' | 'prefix' | 'suffix' | 'contains', wanted: string, ignoreCase = false) {
  return plain(kinds[kind] as Kind, wanted, ignoreCase);
}

function plain({ verb, test }: Kind, wanted: string, ignoreCase: boolean): TextMatcher {
  const wants = `${verb} ${quote(wanted)}${ignoreCase ? ' in any case' : ''}`;
  if (!ignoreCase) return { wants, test: (value) => test(value, wanted) };
  const lower = asciiLower(wanted);
  return { wants, test: (value) => test(asciiLower(value), lower) };
}

/** envoy.type.matcher.v3.RegexMatcher: the whole text must match. Throws a ProblemError for what RE2 refuses. */
export function compilePattern(matcher: JsonObject, pointer: string): TextMatcher {
  const pattern = text(matcher, 'regex');
  if (pattern === '') return refuse(`RegexMatcher.regex: ${tooShort}`, pointer);
  return { wants: `matches ${quote(pattern)}`, test: guarded(() => compileRegex(pattern), pointer) };
}

/** Turns the refusal of a pattern into a problem with its place. */
export function guarded<T>(compile: () => T, pointer: string): T {
  try {
    return compile();
  } catch (error) {
    if (error instanceof RegexError) return refuse(`RE2 refuses this pattern: ${error.message}`, pointer);
    throw error;
  }
}
