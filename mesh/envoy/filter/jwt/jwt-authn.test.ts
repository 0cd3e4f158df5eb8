import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../json.ts';
import { type Ask, contextOf, streamOf } from '../../match/testing/stream.ts';
import type { LocalReply } from '../../types.ts';
import { jwtAuthn } from './jwt-authn.ts';

// All rows measured on Envoy 1.40 with the same providers and requirements.

const now = 1_700_000_000;
const encode = (bytes: string | ArrayBuffer): string => {
  const text = typeof bytes === 'string' ? bytes : String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
};
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const ec = { name: 'ECDSA', namedCurve: 'P-256' };
const pairs: { [name: string]: CryptoKeyPair } = {};
let providers: JsonObject = {};

beforeAll(async () => {
  const { subtle } = globalThis.crypto;
  const make = { ...rsa, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
  pairs.k1 = await subtle.generateKey(make, true, ['sign', 'verify']);
  pairs.other = await subtle.generateKey(make, true, ['sign', 'verify']);
  pairs.e1 = await subtle.generateKey(ec, true, ['sign', 'verify']);
  const jwk = async (name: string, more: JsonObject) => {
    const pair = pairs[name];
    return { ...(pair && (await subtle.exportKey('jwk', pair.publicKey))), kid: name, ...more };
  };
  const inlineString = JSON.stringify({ keys: [await jwk('k1', { alg: 'RS256', use: 'sig' }), await jwk('e1', {})] });
  providers = {
    p0: {
      issuer: 'https://idp',
      localJwks: { inlineString },
      payloadInMetadata: 'payload',
      normalizePayloadInMetadata: { spaceDelimitedClaims: ['scope'] },
      claimToHeaders: [
        ['x-sub', 'sub'],
        ['x-n', 'a.b'],
        ['x-l', 'groups'],
      ].map(([headerName = '', claimName = '']) => ({ headerName, claimName })),
      forwardPayloadHeader: 'x-payload',
      audiences: ['shop'],
    },
    p1: {
      issuer: 'https://second',
      localJwks: { inlineString },
      fromHeaders: [{ name: 'x-tok', valuePrefix: 'T ' }],
      fromParams: ['tk'],
      fromCookies: ['sess'],
      forward: true,
    },
  };
});

async function token(payload: JsonObject, head: { alg?: string; kid?: string; key?: string } = {}): Promise<string> {
  const { alg = 'RS256', kid = 'k1', key = 'k1' } = head;
  const signed = `${encode(JSON.stringify({ alg, ...(kid && { kid }) }))}.${encode(JSON.stringify(payload))}`;
  const pair = pairs[key];
  if (!pair) throw new Error(key);
  const how = alg.startsWith('ES') ? { name: 'ECDSA', hash: 'SHA-256' } : rsa;
  return `${signed}.${encode(await globalThis.crypto.subtle.sign(how, pair.privateKey, new TextEncoder().encode(signed)))}`;
}

const bearer = async (payload: JsonObject, head = {}): Promise<Ask> => ({
  headers: [['authorization', `Bearer ${await token(payload, head)}`]],
});
const mine: JsonObject = { iss: 'https://idp', aud: 'shop' };
const second: JsonObject = { iss: 'https://second' };

const any = (...requirements: JsonObject[]): JsonObject => ({ requiresAny: { requirements } });
const [p0, p1] = [{ providerName: 'p0' }, { providerName: 'p1' }];
const requirements: { [name: string]: JsonObject } = {
  p0,
  lax: any(p0, p1, { allowMissing: {} }),
  any: any(p0, p1),
  all: { requiresAll: { requirements: [p0, p1] } },
  failed: any(p0, { allowMissingOrFailed: {} }),
};

async function ask(name: string, request: Ask) {
  const context = contextOf();
  context.time = now * 1000;
  const rules = [{ match: { prefix: '/' }, requires: requirements[name] }];
  const setting = { name: 'jwt', statPrefix: 'http.t.', context, pointer: '/f' };
  const filter = jwtAuthn.compile({ providers, rules, bypassCorsPreflight: true }, setting);
  const stream = streamOf(request);
  const reply = (await filter.decode?.(stream, undefined)) as LocalReply | undefined;
  return { stream, reply, context };
}

describe('tokens', () => {
  const rows: [string, () => Promise<Ask>, string][] = [
    ['none', async () => ({}), 'Jwt is missing'],
    ['another scheme', async () => ({ headers: [['authorization', 'Basic abc']] }), 'Jwt is missing'],
    ['another place', async () => ({ headers: [['x-tok', `T ${await token(second)}`]] }), 'Jwt is missing'],
    ['good', () => bearer({ ...mine, exp: now + 100 }), ''],
    ['expired', () => bearer({ ...mine, exp: now - 100 }), 'Jwt is expired'],
    ['expired within the skew', () => bearer({ ...mine, exp: now - 30 }), ''],
    ['not yet valid', () => bearer({ ...mine, nbf: now + 100 }), 'Jwt not yet valid'],
    ['an audience as URL', () => bearer({ ...mine, aud: ['x', 'https://shop/'] }), ''],
    ['another audience', () => bearer({ ...mine, aud: ['x'] }), 'Audiences in Jwt are not allowed'],
    ['no audience', () => bearer({ iss: 'https://idp' }), 'Audiences in Jwt are not allowed'],
    ['another issuer', () => bearer({ ...mine, iss: 'https://no' }), 'Jwt issuer is not configured'],
    ['another key', () => bearer(mine, { key: 'other' }), 'Jwt verification fails'],
    ['another kid', () => bearer(mine, { kid: 'zz' }), "Jwks doesn't have key to match kid or alg from Jwt"],
    ['another alg', () => bearer(mine, { alg: 'RS384' }), "Jwks doesn't have key to match kid or alg from Jwt"],
    ['no kid', () => bearer(mine, { kid: '' }), ''],
    ['ES256', () => bearer(mine, { alg: 'ES256', kid: 'e1', key: 'e1' }), ''],
    ['exp as text', () => bearer({ ...mine, exp: '1' }), 'Jwt payload [exp] field is not an integer'],
    ['exp with fraction', () => bearer({ ...mine, exp: now + 50.5 }), ''],
    [
      'trailing text',
      async () => ({ headers: [['authorization', `Bearer ${await token(mine)} x`]] }),
      'Jwt verification fails',
    ],
    ['leading mark', async () => ({ headers: [['authorization', `Bearer !${await token(mine)}.`]] }), ''],
    [
      'two sections',
      async () => ({ headers: [['authorization', 'Bearer a.b']] }),
      'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
    ],
    [
      'empty signature',
      async () => ({ headers: [['authorization', 'Bearer e30.e30.']] }),
      'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
    ],
    ['no JSON', async () => ({ headers: [['authorization', 'Bearer aa.bb.cc']] }), 'Jwt header is an invalid JSON'],
    [
      'no alg',
      async () => ({ headers: [['authorization', 'Bearer e30.e30.aa']] }),
      'Jwt header [alg] field is required and must be a string',
    ],
    [
      'a mark in the signature',
      async () => ({ headers: [['authorization', `Bearer ${await token(mine)},x`]] }),
      'Jwt signature is an invalid Base64url encoded',
    ],
    [
      'preflight',
      async () => ({
        method: 'OPTIONS',
        headers: [
          ['origin', 'o'],
          ['access-control-request-method', 'GET'],
        ],
      }),
      '',
    ],
  ];
  it.each(rows)('%s', async (_, request, body) => {
    const { reply, context } = await ask('p0', await request());
    expect(reply?.body ?? '').toBe(body);
    expect(context.counters['http.t.jwt_authn.denied']?.value).toBe(body === '' ? 0 : 1);
    if (!reply) return;
    expect(reply.details).toBe(`jwt_authn_access_denied{${body.replaceAll(' ', '_')}}`);
    expect(reply.status).toBe(body === 'Audiences in Jwt are not allowed' ? 403 : 401);
    const error = body === 'Jwt is missing' ? '' : ', error="invalid_token"';
    expect(reply.headers).toEqual([['www-authenticate', `Bearer realm="http://x/"${error}`]]);
  });
});

describe('requirements', () => {
  const both = async (key = 'k1'): Promise<Ask> => ({
    headers: [
      ['authorization', `Bearer ${await token(mine)}`],
      ['x-tok', `T ${await token(second, { key })}`],
    ],
  });
  const cookie = async (): Promise<Ask> => ({ headers: [['cookie', `a=b; sess=${await token(second)}`]] });
  it.each<[string, () => Promise<Ask>, string]>([
    ['lax', async () => ({}), ''],
    ['lax', () => bearer({ ...mine, exp: 1 }), 'Jwt is expired'],
    ['lax', () => bearer({ ...mine, iss: 'no' }), 'Jwt issuer is not configured'],
    ['lax', cookie, ''],
    ['lax', () => both('other'), ''],
    ['any', async () => ({}), 'Jwt is missing'],
    ['any', cookie, ''],
    ['any', () => bearer(mine, { key: 'other' }), 'Jwt verification fails'],
    ['all', () => bearer(mine), 'Jwt is missing'],
    ['all', both, ''],
    ['all', () => both('other'), 'Jwt verification fails'],
    ['failed', () => bearer(mine, { key: 'other' }), ''],
    ['failed', async () => ({}), ''],
  ])('%s', async (name, request, body) => {
    expect((await ask(name, await request())).reply?.body ?? '').toBe(body);
  });

  it('an unknown provider is refused', () => {
    const rules = [{ match: { prefix: '/' }, requires: { providerName: 'no' } }];
    const setting = { name: 'jwt', statPrefix: '', context: contextOf(), pointer: '/f' };
    expect(() => jwtAuthn.compile({ rules }, setting)).toThrow("Required provider ['no'] is not configured.");
  });

  it.each([
    ['RANDOM-KEY-GENERATED-BY-ISTIOD', 'Jwks is an invalid JSON'],
    ['{"keys":[]}', "Jwks doesn't have any valid public key"],
    ['{"keys":[{}]}', "Jwks doesn't have any valid public key"],
  ])('the JWKS %s is refused', (inlineString, why) => {
    const setting = { name: 'jwt', statPrefix: '', context: contextOf(), pointer: '/f' };
    const config = { providers: { o: { localJwks: { inlineString } } } };
    expect(() => jwtAuthn.compile(config, setting)).toThrow(
      `Provider 'o' in jwt_authn config has invalid local jwks: ${why}`,
    );
  });
});

it('what a good token leaves', async () => {
  const payload = { ...mine, sub: 'me', scope: 'a b', groups: ['x', 'y'], a: { b: 7 } };
  const good = await token(payload);
  const { stream } = await ask('p0', { path: `/?access_token=${good}&x=1`, headers: [['x-sub', 'evil']] });
  const { headers } = stream.request;
  expect([':path', 'x-sub', 'x-n', 'x-l', 'x-payload'].map((n) => headers.joined(n))).toEqual([
    '/?x=1',
    'me',
    '7',
    'WyJ4IiwieSJd',
    good.split('.')[1],
  ]);
  expect(stream.info.dynamicMetadata?.get('envoy.filters.http.jwt_authn')).toEqual({
    payload: { ...payload, scope: ['a', 'b'] },
  });
});
