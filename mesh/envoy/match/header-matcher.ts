import type { JsonObject } from '../../json.ts';
import type { HeaderList } from '../runtime/header-list.ts';
import { type Condition, quote, type TextMatcher } from './condition.ts';
import { field, flag, number, object, objects, text } from './proto.ts';
import { compilePattern, compileString, plainMatcher } from './string-matcher.ts';

/** A header condition on a request's or response's headers. */
export type HeaderCondition = Condition<HeaderList>;

/** All of a list of envoy.config.route.v3.HeaderMatcher, pseudo-headers by name (`:method`). */
export const compileHeaders = (message: JsonObject, name: string, pointer: string): HeaderCondition[] =>
  objects(message, name).map((matcher, i) => compileHeader(matcher, `${pointer}/${name}/${i}`));

/**
 * envoy.config.route.v3.HeaderMatcher. Each value of a repeated header is looked at alone: one that fits is enough,
 * and when inverted none may fit. A missing header never matches by value, inverted or not, unless
 * treatMissingHeaderAsEmpty. (Measured on Envoy 1.40; up to 1.35 the values were joined by ",".)
 */
export function compileHeader(matcher: JsonObject, pointer: string): HeaderCondition {
  const name = text(matcher, 'name').toLowerCase();
  const inverted = flag(matcher, 'invertMatch') ?? false;
  const emptyIfMissing = flag(matcher, 'treatMissingHeaderAsEmpty') ?? false;
  const value = valueMatcher(matcher, pointer);
  if (!value) return presence(name, (flag(matcher, 'presentMatch') ?? true) !== inverted, emptyIfMissing);
  return {
    test(headers) {
      const first = headers.names.indexOf(name);
      if (first < 0) return emptyIfMissing && value.test('') !== inverted;
      return anyFits(headers, first, value) !== inverted;
    },
    reason(headers) {
      const found = headers.joined(name);
      if (found === undefined) return `header ${name} is absent`;
      return `header ${name} is ${quote(found)}, ${inverted ? 'unwanted' : 'wanted'}: ${value.wants}`;
    },
  };
}

function anyFits(headers: HeaderList, first: number, value: TextMatcher): boolean {
  const { names, values } = headers;
  for (let i = first; i >= 0; i = names.indexOf(names[first] ?? '', i + 1)) {
    if (value.test(values[i] ?? '')) return true;
  }
  return false;
}

const presence = (name: string, wanted: boolean, emptyIfMissing: boolean): HeaderCondition => ({
  test: (headers) => (emptyIfMissing || headers.has(name)) === wanted,
  reason: () => `header ${name} is ${wanted ? 'absent' : 'present'}`,
});

const plainFields = {
  exactMatch: 'exact',
  prefixMatch: 'prefix',
  suffixMatch: 'suffix',
  containsMatch: 'contains',
} as const;

function valueMatcher(matcher: JsonObject, pointer: string): TextMatcher | undefined {
  const string = object(matcher, 'stringMatch');
  if (string) return compileString(string, `${pointer}/stringMatch`);
  const regex = object(matcher, 'safeRegexMatch');
  if (regex) return compilePattern(regex, `${pointer}/safeRegexMatch`);
  const range = object(matcher, 'rangeMatch');
  if (range) return rangeMatcher(range);
  for (const [name, kind] of Object.entries(plainFields)) {
    const wanted = field(matcher, name);
    if (typeof wanted === 'string') return plainMatcher(kind, wanted);
  }
  return undefined;
}

/** A whole decimal number in [start, end) (envoy.type.v3.Int64Range). */
export function rangeMatcher(range: JsonObject): TextMatcher {
  const [start, end] = [number(range, 'start') ?? 0, number(range, 'end') ?? 0];
  return {
    wants: `is a number from ${start} to below ${end}`,
    test: (value) => /^\s*[+-]?\d+\s*$/.test(value) && Number(value) >= start && Number(value) < end,
  };
}
