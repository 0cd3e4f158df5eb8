import type { JsonObject } from '../../json.ts';
import { compileTemplateRewrite } from '../match/path-template.ts';
import { flag, object, refuse, text } from '../match/proto.ts';
import { compileReplaceAll } from '../match/regex.ts';
import { guarded } from '../match/string-matcher.ts';
import type { HeaderList } from '../runtime/header-list.ts';
import { type PathMatcher, pathOnly } from './path-matcher.ts';
import { compileRegexRewrite } from './redirect.ts';

export type Rewriting = (headers: HeaderList) => void;

/**
 * Path and host rewrites of a route action; undefined when it has none. The host is read from the path before that is
 * rewritten (envoy source/common/router/config_impl.cc, finalizeRequestHeaders).
 */
export function compileRewrites(action: JsonObject, path: PathMatcher, pointer: string): Rewriting | undefined {
  const host = compileHostRewrite(action, pointer);
  const newPath = compilePathRewrite(action, path, pointer);
  if (!host && !newPath) return undefined;
  const append = flag(action, 'appendXForwardedHost') ?? false;
  return (headers) => {
    const before = headers.get(':path') ?? '';
    const authority = host?.(headers);
    if (authority !== undefined && authority !== '') replaceAuthority(headers, authority, append);
    if (!newPath) return;
    headers.set('x-envoy-original-path', before);
    headers.set(':path', newPath(before));
  };
}

/** Sets the authority and tells the old one (utility.cc, updateAuthority; x-envoy-original-host measured on Envoy 1.40). */
export function replaceAuthority(headers: HeaderList, authority: string, appendForwardedHost: boolean): void {
  const old = headers.get(':authority') ?? '';
  if (appendForwardedHost && old !== '') {
    const before = headers.get('x-forwarded-host');
    if (before === undefined) headers.add('x-forwarded-host', old);
    else if (before.split(',').at(-1)?.trim() !== old) headers.set('x-forwarded-host', `${before},${old}`);
  }
  headers.set('x-envoy-original-host', old);
  headers.set(':authority', authority);
}

function compileHostRewrite(action: JsonObject, pointer: string) {
  const literal = text(action, 'hostRewriteLiteral');
  if (literal !== '') return () => literal;
  const header = text(action, 'hostRewriteHeader').toLowerCase();
  if (header !== '') return (headers: HeaderList) => headers.get(header);
  const rewrite = object(action, 'hostRewritePathRegex');
  if (!rewrite) return undefined;
  const regex = text(object(rewrite, 'pattern') ?? {}, 'regex');
  const replace = guarded(() => compileReplaceAll(regex, text(rewrite, 'substitution')), pointer);
  return (headers: HeaderList) => replace(pathOnly(headers.get(':path') ?? ''));
}

function compilePathRewrite(action: JsonObject, path: PathMatcher, pointer: string) {
  const prefix = text(action, 'prefixRewrite');
  const regex = object(action, 'regexRewrite');
  const policy = object(action, 'pathRewritePolicy');
  if ([prefix !== '', regex, policy].filter(Boolean).length > 1)
    return refuse('Specify only one of prefix_rewrite, regex_rewrite or path_rewrite_policy', pointer);
  if (prefix !== '') return (whole: string) => prefix + whole.slice(path.matched(whole));
  if (regex) return compileRegexRewrite(regex, `${pointer}/regexRewrite`);
  if (!policy) return undefined;
  if (path.template === '') return refuse('a uri_template rewrite needs a uri_template match', pointer);
  const template = text(object(policy, 'typedConfig') ?? {}, 'pathTemplateRewrite');
  const rewrite = compileTemplateRewrite(path.template, template, `${pointer}/pathRewritePolicy`);
  return (whole: string) => rewrite(pathOnly(whole)) + whole.slice(pathOnly(whole).length);
}
