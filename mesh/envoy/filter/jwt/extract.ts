import type { JsonObject } from '../../../json.ts';
import { objects, text, texts } from '../../match/proto.ts';
import { queryParameter } from '../../match/query-matcher.ts';
import { cookie } from '../../route/match.ts';
import type { HeaderList } from '../../runtime/header-list.ts';

/** A token where it was found. */
export interface Found {
  token: string;
  /** Takes it out of the request. */
  remove(headers: HeaderList): void;
}

/**
 * Tokens of a request at the places of a JwtProvider; without any: `Authorization: Bearer` and `access_token` (docs:
 * JwtProvider.from_headers; envoy source/extensions/filters/http/jwt_authn/extractor.cc).
 */
export function compileExtract(provider: JsonObject): (headers: HeaderList) => Found[] {
  const headers = objects(provider, 'fromHeaders').map((h) => ({
    name: text(h, 'name').toLowerCase(),
    prefix: text(h, 'valuePrefix'),
  }));
  const params = texts(provider, 'fromParams');
  const cookies = texts(provider, 'fromCookies');
  if (headers.length + params.length + cookies.length === 0) {
    headers.push({ name: 'authorization', prefix: 'Bearer ' });
    params.push('access_token');
  }
  return (list) => [
    ...headers.flatMap((place) => fromHeader(list, place)),
    ...params.flatMap((name) => fromParam(list, name)),
    ...cookies.flatMap((name) => fromCookie(list, name)),
  ];
}

function fromHeader(list: HeaderList, { name, prefix }: { name: string; prefix: string }): Found[] {
  const value = list.joined(name);
  if (value === undefined) return [];
  const start = prefix === '' ? 0 : value.indexOf(prefix);
  if (start < 0) return [];
  const token = prefix === '' ? value : tokenAt(value, start + prefix.length);
  return [{ token, remove: (headers) => headers.remove(name) }];
}

/** From the first character that a token can have to the end of the header (extractor.cc, extractJWT; measured on Envoy 1.40). */
function tokenAt(value: string, from: number): string {
  const start = value.slice(from).search(/[A-Za-z0-9_.-]/);
  return start < 0 ? value : value.slice(from + start);
}

function fromParam(list: HeaderList, name: string): Found[] {
  const token = queryParameter(list.get(':path') ?? '', name);
  if (token === undefined) return [];
  const remove = (headers: HeaderList) => headers.set(':path', withoutParameter(headers.get(':path') ?? '', name));
  return [{ token, remove }];
}

/** What is left is written anew: decoded, ordered by name, every name with "=" (source/common/http/utility.cc, QueryParamsMulti). */
function withoutParameter(path: string, name: string): string {
  const at = path.indexOf('?');
  const pairs = path
    .slice(at + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equal = pair.indexOf('=');
      return equal < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, equal)), decoded(pair.slice(equal + 1))];
    })
    .filter(([key]) => key !== name)
    .sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
  return pairs.length === 0 ? path.slice(0, at) : `${path.slice(0, at)}?${pairs.map((p) => p.join('=')).join('&')}`;
}

/** %41 is A; what is no such triple stays (PercentEncoding::decode). */
const decoded = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function fromCookie(list: HeaderList, name: string): Found[] {
  const token = cookie(list.all('cookie'), name);
  // Cookies are not taken away (extractor.cc, JwtCookieLocation::removeJwt).
  return token === undefined ? [] : [{ token, remove: () => undefined }];
}
