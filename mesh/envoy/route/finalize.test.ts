import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { type Ask, contextOf, streamOf } from '../match/testing/stream.ts';
import { compileRoutePolicy } from './policy.ts';
import { compileRouteConfig } from './route-config.ts';

const compile = (config: JsonObject) =>
  compileRouteConfig(config, { context: contextOf(), pointer: '', policy: compileRoutePolicy });

function sent(route: JsonObject, ask: Ask, more: JsonObject = {}, hostMore: JsonObject = {}) {
  const routes = compile({ ...more, virtualHosts: [{ name: 'v', domains: ['*'], routes: [route], ...hostMore }] });
  const stream = streamOf(ask);
  routes.match(stream).route?.finalizeRequest(stream);
  return stream.request.headers;
}
const template = (pathTemplate: string) => ({ pathMatchPolicy: { typedConfig: { pathTemplate } } });

// Measured on Envoy 1.40.
describe('path rewrites', () => {
  it.each<[string, JsonObject, JsonObject, string, string]>([
    ['prefix', { prefix: '/a' }, { prefixRewrite: '/b' }, '/ab?q=1', '/bb?q=1'],
    ['prefix with slash', { prefix: '/a/' }, { prefixRewrite: '/' }, '/a/x', '/x'],
    ['path', { path: '/a' }, { prefixRewrite: '/b' }, '/a?x', '/b?x'],
    ['regex match', { safeRegex: { regex: '/v[0-9]+/x' } }, { prefixRewrite: '/new' }, '/v1/x?q', '/new?q'],
    ['separated', { pathSeparatedPrefix: '/api' }, { prefixRewrite: '/' }, '/api/x', '//x'],
    ['any case', { prefix: '/A', caseSensitive: false }, { prefixRewrite: '/b' }, '/ax', '/bx'],
    [
      'regex',
      { prefix: '/' },
      { regexRewrite: { pattern: { regex: '/x/(.*)/y' }, substitution: '/\\1' } },
      '/x/a/y?q=/x/b/y',
      '/a?q=/x/b/y',
    ],
    [
      'regex without match',
      { prefix: '/' },
      { regexRewrite: { pattern: { regex: 'q' }, substitution: '' } },
      '/none',
      '/none',
    ],
    [
      'empty matches',
      { prefix: '/' },
      { regexRewrite: { pattern: { regex: 'a*' }, substitution: '-' } },
      '/baab',
      '-/-b-b-',
    ],
    [
      'template',
      template('/x/{a}/{b=**}'),
      { pathRewritePolicy: { typedConfig: { pathTemplateRewrite: '/{b}/{a}' } } },
      '/x/1/2/3?q',
      '/2/3/1?q',
    ],
  ])('%s', (_, match, action, path, expected) => {
    const headers = sent({ match, route: { cluster: 'a', ...action } }, { path });
    expect([headers.get(':path'), headers.get('x-envoy-original-path')]).toEqual([expected, path]);
  });

  it('two kinds are refused', () => {
    const route = { cluster: 'a', prefixRewrite: '/a', regexRewrite: { pattern: { regex: 'a' }, substitution: '' } };
    expect(() => compile({ virtualHosts: [{ domains: ['*'], routes: [{ match: { prefix: '/' }, route }] }] })).toThrow(
      'Specify only one of prefix_rewrite, regex_rewrite or path_rewrite_policy',
    );
  });
});

// Measured on Envoy 1.40: host, x-envoy-original-host, x-forwarded-host.
describe('host rewrites', () => {
  const byPath = { pattern: { regex: '^/(.+)/.+$' }, substitution: '\\1' };
  it.each<[string, JsonObject, Ask, (string | undefined)[]]>([
    ['literal', { hostRewriteLiteral: 'new' }, {}, ['new', 'old:81', undefined]],
    [
      'appending',
      { hostRewriteLiteral: 'new', appendXForwardedHost: true },
      { headers: [['x-forwarded-host', 'one']] },
      ['new', 'old:81', 'one,old:81'],
    ],
    ['header', { hostRewriteHeader: 'X-H' }, { headers: [['x-h', 'hh']] }, ['hh', 'old:81', undefined]],
    ['header absent', { hostRewriteHeader: 'X-H' }, {}, ['old:81', undefined, undefined]],
    ['path', { hostRewritePathRegex: byPath }, { path: '/host/x?q' }, ['host', 'old:81', undefined]],
    ['path without match', { hostRewritePathRegex: byPath }, { path: '/none' }, ['/none', 'old:81', undefined]],
    [
      'path before its rewrite',
      { hostRewritePathRegex: byPath, prefixRewrite: '/z/' },
      { path: '/a/b' },
      ['a', 'old:81', undefined],
    ],
  ])('%s', (_, action, ask, expected) => {
    const headers = sent({ match: { prefix: '/' }, route: { cluster: 'a', ...action } }, { host: 'old:81', ...ask });
    expect([':authority', 'x-envoy-original-host', 'x-forwarded-host'].map((n) => headers.get(n))).toEqual(expected);
  });
});

// Measured on Envoy 1.40.
describe('redirects', () => {
  const regexRewrite = { pattern: { regex: '^/a/(.*)$' }, substitution: '/b/\\1' };
  it.each<[JsonObject, string, string]>([
    [{ httpsRedirect: true }, 'h:80', 'https://h/a/x?q=1'],
    [{ httpsRedirect: true }, 'h:443', 'https://h:443/a/x?q=1'],
    [{ schemeRedirect: 'https' }, '[::1]:80', 'https://[::1]/a/x?q=1'],
    [{ schemeRedirect: 'https' }, '[::1]', 'https://[::1]/a/x?q=1'],
    [{ hostRedirect: 'n' }, 'h:80', 'http://n/a/x?q=1'],
    [{ hostRedirect: 'n', portRedirect: 8443 }, 'h:80', 'http://n:8443/a/x?q=1'],
    [{ portRedirect: 8443 }, '[::1]:80', 'http://[::1]:8443/a/x?q=1'],
    [{ httpsRedirect: true, portRedirect: 443 }, 'h:80', 'https://h:443/a/x?q=1'],
    [{ pathRedirect: '/p' }, 'h:80', 'http://h:80/p?q=1'],
    [{ pathRedirect: '/p?z' }, 'h', 'http://h/p?z'],
    [{ pathRedirect: '/p', stripQuery: true }, 'h', 'http://h/p'],
    [{ pathRedirect: '%PREFIX()%' }, 'h', 'http://h/%PREFIX()%?q=1'],
    [{ stripQuery: true }, 'h', 'http://h/a/x'],
    [{ prefixRewrite: '/new' }, 'h', 'http://h/new/x?q=1'],
    [{ prefixRewrite: '/n', stripQuery: true }, 'h', 'http://h/n/x'],
    [{ regexRewrite }, 'h', 'http://h/b/x?q=1'],
    [{ regexRewrite, stripQuery: true }, 'h', 'http://h/b/x'],
    [{}, 'h', 'http://h/a/x?q=1'],
  ])('%j on %s', (redirect, host, expected) => {
    const routes = compile({ virtualHosts: [{ domains: ['*'], routes: [{ match: { prefix: '/a' }, redirect }] }] });
    const stream = streamOf({ host, path: '/a/x?q=1' });
    const action = routes.match(stream).route?.action;
    expect(action?.kind === 'redirect' && action.location(stream.request)).toBe(expected);
  });
});

describe('header operations', () => {
  const add = (key: string, value: string, more: JsonObject = {}): JsonObject => ({ header: { key, value }, ...more });
  const overwrite = { appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD' };
  const route = (more: JsonObject): JsonObject => ({ match: { prefix: '/' }, route: { cluster: 'a' }, ...more });

  // Envoy: header_parser.cc, evaluateHeaders; inline headers measured.
  it.each<[string, JsonObject, string[]]>([
    ['append', { requestHeadersToAdd: [add('x', 'n')] }, ['o', 'n']],
    ['overwrite', { requestHeadersToAdd: [add('x', 'n', overwrite)] }, ['n']],
    ['append: false', { requestHeadersToAdd: [add('x', 'n', { append: false })] }, ['n']],
    ['if absent', { requestHeadersToAdd: [add('x', 'n', { appendAction: 'ADD_IF_ABSENT' })] }, ['o']],
    ['if exists', { requestHeadersToAdd: [add('x', 'n', { appendAction: 'OVERWRITE_IF_EXISTS' })] }, ['n']],
    ['removed before', { requestHeadersToRemove: ['X'], requestHeadersToAdd: [add('x', 'n')] }, ['n']],
    ['overwrite before add', { requestHeadersToAdd: [add('x', '1'), add('x', '2', overwrite)] }, ['2', '1']],
    ['empty', { requestHeadersToAdd: [add('x', '', overwrite)] }, ['o']],
    ['kept empty', { requestHeadersToAdd: [add('x', '', { ...overwrite, keepEmptyValue: true })] }, ['']],
    ['missing value', { requestHeadersToAdd: [add('x', '%REQ(none)%', overwrite)] }, ['o']],
    ['formatted', { requestHeadersToAdd: [add('x', '%REQ(x)%-%PROTOCOL%-%%', overwrite)] }, ['o-HTTP/1.1-%']],
  ])('%s', (_, operations, expected) => {
    expect(sent(route(operations), { headers: [['x', 'o']] }).all('x')).toEqual(expected);
  });

  it('joins an inline header', () => {
    const operations = { requestHeadersToAdd: [add('user-agent', 'n')] };
    expect(sent(route(operations), { headers: [['user-agent', 'o']] }).all('user-agent')).toEqual(['o,n']);
  });

  it.each([
    [false, 'config'],
    [true, 'route'],
  ])('the last level wins (mostSpecificHeaderMutationsWins %s: %s)', (mostSpecificHeaderMutationsWins, winner) => {
    const level = (name: string) => ({ requestHeadersToAdd: [add('x', name, overwrite)] });
    const config = { mostSpecificHeaderMutationsWins, ...level('config') };
    expect(sent(route(level('route')), {}, config, level('host')).all('x')).toEqual([winner]);
  });

  it('the weighted cluster goes first', () => {
    const clusters = [{ name: 'a', weight: 1, requestHeadersToAdd: [add('x', 'cluster')], hostRewriteLiteral: 'c' }];
    const headers = sent(
      { match: { prefix: '/' }, route: { weightedClusters: { clusters } }, requestHeadersToAdd: [add('x', 'route')] },
      {},
    );
    expect([headers.all('x'), headers.get(':authority')]).toEqual([['cluster', 'route'], 'c']);
  });

  it.each([':path', 'host'])('%s is not touched', (name) => {
    for (const operations of [{ requestHeadersToAdd: [add(name, 'x')] }, { requestHeadersToRemove: [name] }])
      expect(() => sent(route(operations), {})).toThrow(':-prefixed or host headers may not be');
  });
});
