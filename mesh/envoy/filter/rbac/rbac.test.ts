import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../json.ts';
import { type Ask, connection, contextOf, streamOf } from '../../match/testing/stream.ts';
import type { LocalReply, TlsInfo } from '../../types.ts';
import { rbac } from './http.ts';
import { networkRbac } from './network.ts';

const any: JsonObject = { any: true };
const policy = (permission: JsonObject, principal: JsonObject = any): JsonObject => ({
  permissions: [permission],
  principals: [principal],
});
const rules = (policies: JsonObject, action?: string): JsonObject => ({
  rules: { policies, ...(action && { action }) },
});

function ask(config: JsonObject, request: Ask = {}) {
  const context = contextOf();
  const filter = rbac.compile(config, { name: 'rbac', statPrefix: 'http.t.', context, pointer: '/f' });
  const stream = streamOf(request);
  const reply = filter.decode?.(stream, undefined) as LocalReply | undefined;
  const counted = Object.entries(context.counters).flatMap(([name, { value }]) => (value ? [name] : []));
  return { reply, counted, metadata: Object.fromEntries(stream.info.dynamicMetadata ?? []) };
}

// Measured on Envoy 1.40: details, metadata, counter.
describe('verdicts', () => {
  const name = 'envoy.filters.http.rbac';
  it.each<[string, JsonObject, string | undefined, JsonObject, string[]]>([
    ['nothing', {}, undefined, {}, []],
    [
      'rules without policies',
      { rules: {} },
      'none',
      { [name]: { enforced_engine_result: 'denied' } },
      ['http.t.rbac.denied'],
    ],
    [
      'allow',
      rules({ 'my pol': policy(any) }),
      undefined,
      { [name]: { enforced_effective_policy_id: 'my pol', enforced_engine_result: 'allowed' } },
      ['http.t.rbac.allowed'],
    ],
    [
      'deny, first by name',
      rules(
        { z: policy(any), 'b pol': policy(any), 'a[x]': policy({ header: { name: 'q', presentMatch: true } }) },
        'DENY',
      ),
      'b_pol',
      { [name]: { enforced_effective_policy_id: 'b pol', enforced_engine_result: 'denied' } },
      ['http.t.rbac.denied'],
    ],
    [
      'log',
      rules({ p: policy(any) }, 'LOG'),
      undefined,
      {
        'envoy.common': { access_log_hint: true },
        [name]: { enforced_effective_policy_id: 'p', enforced_engine_result: 'allowed' },
      },
      ['http.t.rbac.allowed'],
    ],
    [
      'shadow',
      { shadowRules: rules({ p: policy(any) }, 'DENY').rules, shadowRulesStatPrefix: 'istio_dry_run_deny_' },
      undefined,
      {
        [name]: {
          istio_dry_run_deny_shadow_effective_policy_id: 'p',
          istio_dry_run_deny_shadow_engine_result: 'denied',
        },
      },
      ['http.t.rbac.istio_dry_run_deny_.shadow_denied'],
    ],
    [
      'both',
      { ...rules({ p: policy(any) }), shadowRules: { action: 'DENY' }, rulesStatPrefix: 'rr_' },
      undefined,
      {
        [name]: {
          rr_enforced_effective_policy_id: 'p',
          rr_enforced_engine_result: 'allowed',
          shadow_engine_result: 'allowed',
        },
      },
      ['http.t.rbac.rr_.allowed', 'http.t.rbac.shadow_allowed'],
    ],
  ])('%s', (_, config, details, metadata, counted) => {
    const found = ask(config);
    expect(found.reply?.details).toBe(details && `rbac_access_denied_matched_policy[${details}]`);
    expect([found.reply?.status, found.reply?.body]).toEqual(
      details ? [403, 'RBAC: access denied'] : [undefined, undefined],
    );
    expect([found.metadata, found.counted]).toEqual([metadata, counted]);
  });
});

const certificate = {
  issuer: 'ca',
  subject: 'CN=x',
  uriSans: ['spiffe://td/ns/shop/sa/web'],
  dnsSans: ['web.shop'],
  fingerprint: '',
  serial: '',
  notBefore: 0,
  notAfter: 0,
};
const tls: TlsInfo = { version: 'TLSv1.3', alpn: '', sni: '', peer: certificate };

// envoy source/extensions/filters/common/rbac/matchers.cc; shapes as in golden a14.
describe('principals', () => {
  const named = (matcher: JsonObject) => ({ authenticated: { principalName: matcher } });
  const jwt: Ask = { info: { dynamicMetadata: new Map([['f', { payload: { iss: 'i', groups: ['dev', 'ops-1'] } }]]) } };
  const claim = (value: JsonObject, ...keys: string[]) => ({
    metadata: { filter: 'f', path: keys.map((key) => ({ key })), value },
  });
  const inList = (matcher: JsonObject) => ({ listMatch: { oneOf: { stringMatch: matcher } } });
  const forwarded: Ask = { info: { downstreamRemote: { ip: '198.51.100.9', port: 0 } } };
  it.each<[string, JsonObject, Ask, boolean]>([
    ['URI SAN', named({ exact: 'spiffe://td/ns/shop/sa/web' }), { connection: { tls } }, true],
    ['URI SAN by pattern', named({ safeRegex: { regex: '.*/ns/shop/.*' } }), { connection: { tls } }, true],
    ['another', named({ exact: 'spiffe://td/ns/shop/sa/no' }), { connection: { tls } }, false],
    ['DNS SAN', named({ exact: 'web.shop' }), { connection: { tls } }, true],
    ['subject', named({ exact: 'CN=x' }), { connection: { tls } }, true],
    ['plain text', named({ prefix: 's' }), {}, false],
    ['any TLS', { authenticated: {} }, { connection: { tls: { ...tls, peer: certificate } } }, true],
    ['any TLS, in plain text', { authenticated: {} }, {}, false],
    ['direct address', { directRemoteIp: { addressPrefix: '10.0.0.0', prefixLen: 8 } }, {}, true],
    [
      'direct address behind another',
      { directRemoteIp: { addressPrefix: '198.51.100.0', prefixLen: 24 } },
      forwarded,
      false,
    ],
    ['remote address', { remoteIp: { addressPrefix: '198.51.100.0', prefixLen: 24 } }, forwarded, true],
    ['remote address of the connection', { remoteIp: { addressPrefix: '10.0.0.1', prefixLen: 32 } }, {}, true],
    ['IPv6 range', { sourceIp: { addressPrefix: '::', prefixLen: 0 } }, {}, false],
    ['header', { header: { name: 'x', presentMatch: true } }, { headers: [['x', '']] }, true],
    ['claim', claim({ stringMatch: { exact: 'i' } }, 'payload', 'iss'), jwt, true],
    ['claim absent', claim({ stringMatch: { safeRegex: { regex: '.+' } } }, 'payload', 'sub'), jwt, false],
    ['list claim', claim(inList({ prefix: 'ops-' }), 'payload', 'groups'), jwt, true],
    ['list claim as string', claim({ stringMatch: { exact: 'dev' } }, 'payload', 'groups'), jwt, false],
    [
      'or of values',
      claim(
        { orMatch: { valueMatchers: [{ stringMatch: { exact: 'x' } }, inList({ exact: 'dev' })] } },
        'payload',
        'groups',
      ),
      jwt,
      true,
    ],
    [
      'filter state',
      { filterState: { key: 'io.istio.peer_principal', stringMatch: { exact: 's' } } },
      { connection: { filterState: new Map([['io.istio.peer_principal', 's']]) } },
      true,
    ],
    ['and', { andIds: { ids: [any, { notId: any }] } }, {}, false],
    ['or', { orIds: { ids: [{ notId: any }, any] } }, {}, true],
    ['an empty and', { andIds: {} }, {}, true],
    ['an empty or', { orIds: {} }, {}, false],
  ])('%s', (_, principal, request, matches) =>
    expect(ask(rules({ p: policy(any, principal) }), request).reply === undefined).toBe(matches),
  );
});

describe('permissions', () => {
  it.each<[string, JsonObject, Ask, boolean]>([
    ['path', { urlPath: { path: { exact: '/a' } } }, { path: '/a?q' }, true],
    ['path by suffix', { urlPath: { path: { suffix: '/public' } } }, { path: '/x/public?q' }, true],
    [
      'template',
      { uriTemplate: { typedConfig: { pathTemplate: '/v1/*/pages/**' } } },
      { path: '/v1/x/pages/a/b?q' },
      true,
    ],
    [
      'template, another',
      { uriTemplate: { typedConfig: { pathTemplate: '/v1/*/pages/**' } } },
      { path: '/v1/x/y/pages/a' },
      false,
    ],
    ['method', { header: { name: ':method', stringMatch: { exact: 'GET' } } }, {}, true],
    ['port', { destinationPort: 80 }, {}, true],
    ['another port', { destinationPort: 81 }, {}, false],
    ['port range', { destinationPortRange: { start: 80, end: 81 } }, {}, true],
    ['end of the range', { destinationPortRange: { start: 79, end: 80 } }, {}, false],
    ['address', { destinationIp: { addressPrefix: '10.0.0.2', prefixLen: 32 } }, {}, true],
    ['server name', { requestedServerName: { exact: 'a' } }, { connection: { serverName: 'a' } }, true],
    ['not', { notRule: { orRules: { rules: [{ destinationPort: 80 }] } } }, {}, false],
  ])('%s', (_, permission, request, matches) =>
    expect(ask(rules({ p: policy(permission) }), request).reply === undefined).toBe(matches),
  );

  it.each([{ matcher: {} }, { unknown: {} }, {}])('what is not interpreted is refused: %j', (permission) =>
    expect(() => ask(rules({ p: policy(permission) }))).toThrow('a rule of RBAC that is not interpreted'),
  );
});

describe('on connections', () => {
  const make = (config: JsonObject) =>
    networkRbac.compile(config, { name: 'r', statPrefix: '', context: contextOf(), pointer: '/f' });

  it('closes with the same details', () => {
    const filter = make({
      ...rules({ p: policy(any, { directRemoteIp: { addressPrefix: '10.0.0.0', prefixLen: 8 } }) }, 'DENY'),
      statPrefix: 'tcp.',
    });
    expect(filter.onData?.(connection())).toEqual({ close: true, details: 'rbac_access_denied_matched_policy[p]' });
    expect(filter.onData?.(connection({ source: { ip: '192.0.2.1', port: 1 } }))).toBeUndefined();
  });

  it('asks once for a connection', () => {
    const filter = make({ rules: {} });
    const one = connection();
    expect([filter.onData?.(one)?.close, filter.onData?.(one)]).toEqual([true, undefined]);
  });

  it('rules on HTTP do not match', () => {
    const http = policy({ header: { name: ':method', stringMatch: { exact: 'GET' } } });
    expect(make(rules({ p: http })).onData?.(connection())?.details).toBe('rbac_access_denied_matched_policy[none]');
  });
});
