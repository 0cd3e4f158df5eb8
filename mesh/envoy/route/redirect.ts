import type { JsonObject } from '../../json.ts';
import { flag, number, object, refuse, text } from '../match/proto.ts';
import { compileReplaceAll } from '../match/regex.ts';
import { guarded } from '../match/string-matcher.ts';
import type { HttpRequest, RedirectAction } from '../types.ts';
import { type PathMatcher, pathOnly } from './path-matcher.ts';

const codes: { [name: string]: number } = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

type Rewrite = (path: string) => string;

/** envoy.config.route.v3.RedirectAction. Throws a ProblemError for what Envoy refuses. */
export function compileRedirect(redirect: JsonObject, path: PathMatcher, pointer: string): RedirectAction {
  const rewrite = compileRewrite(redirect, path, pointer);
  return {
    kind: 'redirect',
    status: codes[text(redirect, 'responseCode')] ?? 301,
    location: (request) => location(request, redirect, rewrite),
  };
}

/** envoy source/common/http/utility.cc, newUri. */
function location({ headers }: HttpRequest, redirect: JsonObject, rewrite: Rewrite): string {
  const current = headers.get(':scheme') ?? headers.get('x-forwarded-proto') ?? 'http';
  const scheme = text(redirect, 'schemeRedirect') || (flag(redirect, 'httpsRedirect') ? 'https' : current);
  const port = number(redirect, 'portRedirect');
  const newPort = port === undefined || port === 0 ? '' : `:${port}`;
  const host = text(redirect, 'hostRedirect') || hostOf(headers.get(':authority') ?? '', { scheme, current, newPort });
  const path = rewrite(headers.get(':path') ?? '');
  return `${scheme}://${host}${newPort}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** The request's host; its port goes when a new one comes, or when it is the default of a scheme that changes. */
function hostOf(host: string, change: { scheme: string; current: string; newPort: string }): string {
  const colon = host.startsWith('[') ? host.lastIndexOf(']:') + 1 || -1 : host.lastIndexOf(':');
  if (colon < 0) return host;
  const port = host.slice(colon);
  const isDefault =
    change.scheme !== change.current &&
    ((change.current === 'https' && port === ':443') || (change.current === 'http' && port === ':80'));
  return change.newPort !== '' || isDefault ? host.slice(0, colon) : host;
}

function compileRewrite(redirect: JsonObject, path: PathMatcher, pointer: string): Rewrite {
  const strip: Rewrite = flag(redirect, 'stripQuery') ? (whole) => whole.split('?')[0] ?? '' : (whole) => whole;
  const replacement = text(redirect, 'pathRedirect');
  if (replacement !== '') {
    // A query in the replacement wins over the request's and over strip_query (utility.cc, newUri).
    return replacement.includes('?') ? () => replacement : (whole) => replacement + queryOf(strip(whole));
  }
  const prefix = text(redirect, 'prefixRewrite');
  if (prefix !== '') return (whole) => strip(prefix + whole.slice(path.matched(whole)));
  const regex = object(redirect, 'regexRewrite');
  if (!regex) return strip;
  const replace = compileRegexRewrite(regex, `${pointer}/regexRewrite`);
  return (whole) => strip(replace(whole));
}

const queryOf = (whole: string): string => (whole.includes('?') ? whole.slice(whole.indexOf('?')) : '');

/** RegexMatchAndSubstitute on the path, the query kept. */
export function compileRegexRewrite(rewrite: JsonObject, pointer: string): Rewrite {
  const pattern = object(rewrite, 'pattern');
  if (!pattern) return refuse('a regex rewrite without a pattern', pointer);
  const replace = guarded(() => compileReplaceAll(text(pattern, 'regex'), text(rewrite, 'substitution')), pointer);
  return (whole) => {
    const only = pathOnly(whole);
    return replace(only) + whole.slice(only.length);
  };
}
