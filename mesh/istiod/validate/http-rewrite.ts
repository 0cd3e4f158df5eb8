import type { Field, Finding } from '../../kube/schema/field.ts';
import { portFindings } from './common.ts';
import { httpStatusFindings } from './http-policy.ts';
import { regexFindings } from './string-match.ts';

/** validateHTTPRedirect: it stops at the first error. */
export function redirectFindings(redirect: Field, matches: Field): Finding[] {
  if (!redirect.present) return [];
  const text = (name: string) => redirect.get(name).text;
  const port = redirect.get('port');
  const code = redirect.get('redirectCode');
  const notPrefix = matches.items().some((match) => match.get('uri').present && !match.at('uri', 'prefix').present);
  const rules: [boolean, Field, string][] = [
    [
      text('uri') !== '' && text('prefixRewrite') !== '',
      redirect,
      'redirect may only specify one of uri or prefix_rewrite',
    ],
    [
      text('prefixRewrite') !== '' && notPrefix,
      redirect.get('prefixRewrite'),
      'redirect prefix_rewrite requires all URI matches to use prefix match type',
    ],
    [
      ['uri', 'prefixRewrite', 'authority', 'scheme'].every((f) => text(f) === '') &&
        !port.present &&
        !redirect.get('derivePort').present,
      redirect,
      'redirect must specify URI, authority, scheme, or port',
    ],
    [
      code.number !== 0 && (code.number < 300 || code.number > 399),
      code,
      `${code.number} is not a valid redirect code, must be 3xx`,
    ],
    [
      !['', 'http', 'https'].includes(text('scheme')),
      redirect.get('scheme'),
      'invalid redirect scheme, must be "http" or "https"',
    ],
  ];
  const first = rules.find(([wrong]) => wrong);
  if (first) return [first[1].error(first[2])];
  return port.number > 0 ? portFindings(port) : [];
}

/** validateHTTPRewrite. */
export function rewriteFindings(rewrite: Field): Finding[] {
  if (!rewrite.present) return [];
  const regex = rewrite.get('uriRegexRewrite');
  const uri = rewrite.get('uri').text;
  if (uri !== '' && regex.present) return [rewrite.error('rewrite may only contain one of URI or UriRegexRewrite')];
  if (uri === '' && !regex.present && rewrite.get('authority').text === '') {
    const only = 'Only one of URI or UriRegexRewrite may be specified';
    return [rewrite.error(`rewrite must specify at least one of URI, UriRegexRewrite, or authority. ${only}`)];
  }
  if (!regex.present) return [];
  const [match, replacement] = [regex.get('match'), regex.get('rewrite')];
  const found =
    match.text === '' || replacement.text === ''
      ? [regex.error('UriRegexRewrite requires both Rewrite and Match fields to be specified')]
      : regexFindings(match, 'HTTPRewrite.UriRegexRewrite.Match');
  return found.map((f) => ({ ...f, message: `UriRegexRewrite has errors\n${f.message}` }));
}

/** validateHTTPDirectResponse. */
export function directResponseFindings(response: Field): Finding[] {
  if (!response.present) return [];
  const body = response.get('body');
  const bytes = body.get('bytes').text;
  const size =
    bytes === '' ? new TextEncoder().encode(body.get('string').text).length : Math.floor((bytes.length * 3) / 4);
  const words = 'large direct_responses may impact control plane performance';
  const large =
    size > 1024 * 1024 ? [body.error(`${words}, must be less than 1MB`)] : size > 100 * 1024 ? [body.warn(words)] : [];
  return [...large, ...httpStatusFindings(response.get('status'))];
}
