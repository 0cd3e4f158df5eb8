import type { JsonObject } from '../../json.ts';
import { type Condition, quote } from '../match/condition.ts';
import { compilePathTemplate } from '../match/path-template.ts';
import { field, flag, object, refuse, text } from '../match/proto.ts';
import { asciiLower, compilePattern, plainMatcher } from '../match/string-matcher.ts';

/** The path without query and fragment (envoy source/common/http/path_utility.cc, removeQueryAndFragment). */
export function pathOnly(path: string): string {
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** How a route matches paths, and which part of the path a prefix rewrite replaces. */
export interface PathMatcher extends Condition<string> {
  /** Length of the matched part of this path. */
  matched(path: string): number;
  /** Only CONNECT requests, which need no path, match. */
  connect: boolean;
  /** The pattern of a uri_template match, for a uri_template rewrite. */
  template: string;
}

/** RouteMatch.path_specifier (docs: RouteMatch). Throws a ProblemError for what Envoy refuses. */
export function compilePath(match: JsonObject, pointer: string): PathMatcher {
  const ignoreCase = flag(match, 'caseSensitive') === false;
  const [prefix, path, separated] = ['prefix', 'path', 'pathSeparatedPrefix'].map((name) => field(match, name));
  if (typeof prefix === 'string') return byPrefix(prefix, ignoreCase);
  if (typeof path === 'string') return byText(plainMatcher('exact', path, ignoreCase), path.length);
  if (typeof separated === 'string') {
    // The rule of the field (envoy/config/route/v3/route_components.proto).
    if (!/^[^?#]+[^?#/]$/.test(separated))
      return refuse('RouteMatch.path_separated_prefix: a path without end "/"', pointer);
    return bySeparatedPrefix(separated, ignoreCase);
  }
  const regex = object(match, 'safeRegex');
  if (regex) return byText(compilePattern(regex, `${pointer}/safeRegex`));
  const policy = object(match, 'pathMatchPolicy');
  if (policy) return byTemplate(object(policy, 'typedConfig') ?? {}, `${pointer}/pathMatchPolicy`);
  if (object(match, 'connectMatcher')) return connectMatcher;
  return refuse('a route match without a path specifier', pointer);
}

const connectMatcher: PathMatcher = {
  connect: true,
  template: '',
  test: () => true,
  reason: () => 'the method is not CONNECT',
  matched: (path) => pathOnly(path).length,
};

function byText(matcher: { test(text: string): boolean; wants: string }, length?: number): PathMatcher {
  return {
    connect: false,
    template: '',
    test: (path) => matcher.test(pathOnly(path)),
    reason: (path) => `path ${quote(pathOnly(path))}, wanted: ${matcher.wants}`,
    matched: (path) => length ?? pathOnly(path).length,
  };
}

function byPrefix(prefix: string, ignoreCase: boolean): PathMatcher {
  const found = byText(plainMatcher('prefix', prefix, ignoreCase), prefix.length);
  // The most common routes of all need no look at the path, or none for its query.
  if (prefix === '/') return { ...found, test: (path) => path.charCodeAt(0) === 47 };
  return ignoreCase || /[?#]/.test(prefix) ? found : { ...found, test: (path) => path.startsWith(prefix) };
}

/** `/api` matches `/api` and `/api/…`, not `/apis` (docs: RouteMatch.path_separated_prefix). */
function bySeparatedPrefix(prefix: string, ignoreCase: boolean): PathMatcher {
  const wanted = ignoreCase ? asciiLower(prefix) : prefix;
  const test = (path: string): boolean => {
    const only = ignoreCase ? asciiLower(pathOnly(path)) : pathOnly(path);
    return only.startsWith(wanted) && (only.length === wanted.length || only.charCodeAt(wanted.length) === 47);
  };
  return { ...byText({ test, wants: `is or is below ${quote(prefix)}` }, prefix.length), test };
}

function byTemplate(config: JsonObject, pointer: string): PathMatcher {
  return { ...byText(compilePathTemplate(config, pointer)), template: text(config, 'pathTemplate') };
}
