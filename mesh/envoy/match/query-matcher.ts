import type { JsonObject } from '../../json.ts';
import { type Condition, quote } from './condition.ts';
import { flag, object, objects, text } from './proto.ts';
import { compileString } from './string-matcher.ts';

/** The first value of a parameter in a path's query, undecoded (envoy source/common/http/utility.cc, parseQueryString). */
export function queryParameter(path: string, name: string): string | undefined {
  const start = path.indexOf('?');
  if (start < 0) return undefined;
  for (const pair of path.slice(start + 1).split('&')) {
    const equal = pair.indexOf('=');
    if ((equal < 0 ? pair : pair.slice(0, equal)) === name) return equal < 0 ? '' : pair.slice(equal + 1);
  }
  return undefined;
}

/** All of RouteMatch.queryParameters; they read the path with its query. */
export const compileQueryParameters = (match: JsonObject, pointer: string): Condition<string>[] =>
  objects(match, 'queryParameters').map((matcher, i) => compileOne(matcher, `${pointer}/queryParameters/${i}`));

/** envoy.config.route.v3.QueryParameterMatcher; without a matcher the parameter must be there. */
function compileOne(matcher: JsonObject, pointer: string): Condition<string> {
  const name = text(matcher, 'name');
  const string = object(matcher, 'stringMatch');
  if (string) return byValue(name, compileString(string, `${pointer}/stringMatch`));
  const present = flag(matcher, 'presentMatch') ?? true;
  return {
    test: (path) => (queryParameter(path, name) !== undefined) === present,
    reason: () => `query parameter ${name} is ${present ? 'absent' : 'present'}`,
  };
}

const byValue = (name: string, matcher: { test(text: string): boolean; wants: string }): Condition<string> => ({
  test(path) {
    const value = queryParameter(path, name);
    return value !== undefined && matcher.test(value);
  },
  reason(path) {
    const value = queryParameter(path, name);
    if (value === undefined) return `query parameter ${name} is absent`;
    return `query parameter ${name} is ${quote(value)}, wanted: ${matcher.wants}`;
  },
});
