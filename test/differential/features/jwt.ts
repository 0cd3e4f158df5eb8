import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { chance, type Feature, type HttpRequest, istio, pick, type Slot } from '../feature.ts';
import { ask, inTurn, type Recipe, some, virtualService } from '../parts.ts';
import { type Signer, signers } from '../tokens.ts';

/*
 * All cases share one jwt_authn filter, so each has issuers and places for tokens of its own; only Authorization is
 * everybody's. Times are far from now: both sides have their own clock.
 */

type Keys = ReturnType<typeof signers>;
const past = 946_684_800;
const future = 4_102_444_800;

const issuer = (slot: Slot, n = 0): string => `https://${slot.name}-${n}.idp`;

const payload = (slot: Slot, random: Random, more: JsonObject = {}): JsonObject => ({
  iss: issuer(slot),
  sub: pick(random, ['alice', 'bob']),
  exp: future,
  ...(chance(random, 0.5) ? { aud: pick(random, ['shop', ['shop', 'web'], 'other', 'https://shop/']) as string } : {}),
  groups: pick(random, [['a', 'b'], ['c~~~', '??>'], []]) as string[],
  nested: { level: pick(random, [1, 'one', true]) },
  scope: 'read write',
  ...more,
});

/** Tokens, good and bad, each in its own way. */
const tokens: readonly ((keys: Keys, slot: Slot, random: Random) => string)[] = [
  ({ rsa }, slot, random) => rsa.token(payload(slot, random)),
  ({ rsa }, slot, random) => rsa.token(payload(slot, random)),
  ({ ec }, slot, random) => ec.token(payload(slot, random)),
  ({ rsa }, slot, random) => rsa.token(payload(slot, random, { exp: past })),
  ({ rsa }, slot, random) => rsa.token(payload(slot, random, { nbf: future })),
  ({ rsa }, slot, random) => rsa.token(payload(slot, random, { iss: 'https://nobody' })),
  ({ rsa }, slot, random) => rsa.token(payload(slot, random, { iss: issuer(slot, 1) })),
  ({ stranger }, slot, random) => stranger.token(payload(slot, random)),
  ({ rsa }, slot, random) => rsa.token(payload(slot, random), { kid: 'unknown' }),
  ({ rsa }, slot, random) => rsa.token(payload(slot, random), { alg: 'none' }),
  ({ rsa }, slot, random) => `${rsa.token(payload(slot, random)).slice(0, -4)}AAAA`,
  ({ rsa }, slot, random) => rsa.token(payload(slot, random)).split('.').slice(0, 2).join('.'),
  () => 'not-a-token',
  () => '',
];

const jwks = (keys: readonly Signer[]): string => JSON.stringify({ keys: keys.map((k) => k.jwk) });

function rule(keys: Keys, slot: Slot, { random, n = 0 }: { random: Random; n?: number }): JsonObject {
  return {
    issuer: issuer(slot, n),
    jwks: jwks([keys.rsa, keys.ec]),
    ...(chance(random, 0.3) ? { audiences: pick(random, [['shop'], ['web', 'none'], ['shop/']]) } : {}),
    ...(chance(random, 0.4) ? { fromHeaders: [{ name: `x-${slot.name}`, prefix: pick(random, ['', 'Token ']) }] } : {}),
    ...(chance(random, 0.3) ? { fromParams: [`t-${slot.name}`] } : {}),
    ...(chance(random, 0.2) ? { fromCookies: [`k-${slot.name}`] } : {}),
    ...(chance(random, 0.5) ? { forwardOriginalToken: true } : {}),
    ...(chance(random, 0.4) ? { outputPayloadToHeader: 'x-payload' } : {}),
    ...(chance(random, 0.5)
      ? {
          outputClaimToHeaders: some(random, ['sub', 'groups', 'nested.level', 'scope', 'absent'], 0.6).map(
            (claim) => ({
              header: `x-claim-${claim.replace('.', '-')}`,
              claim,
            }),
          ),
        }
      : {}),
  };
}

/** At one or more of the places where the case's rules look, and elsewhere. */
function asked(keys: Keys, slot: Slot, random: Random): HttpRequest {
  const token = () => pick(random, tokens)(keys, slot, random);
  const headers: [string, string][] = [];
  let path = pick(random, ['/x?a=b', '/x?z=1&a=%41b&b', '/x?a=1']);
  if (chance(random, 0.7))
    headers.push(['authorization', `${pick(random, ['Bearer ', 'Bearer ', 'bearer ', ''])}${token()}`.trim()]);
  if (chance(random, 0.3)) headers.push([`x-${slot.name}`, `${pick(random, ['', 'Token '])}${token()}`.trim()]);
  if (chance(random, 0.2)) path += `&t-${slot.name}=${token()}&c=d`;
  if (chance(random, 0.1)) path += `&access_token=${token()}`;
  if (chance(random, 0.15)) headers.push(['cookie', `x=y; k-${slot.name}=${token()}`.trim()]);
  if (chance(random, 0.2)) headers.push(['x-claim-sub', 'forged'], ['x-payload', 'forged']);
  return ask(slot, { to: '10.96.1.1:80', path, headers });
}

const selector = { matchLabels: { app: 'app', version: 'v1' } };

const authentication = (slot: Slot, jwtRules: JsonObject[]): JsonObject =>
  istio('RequestAuthentication', slot.name, { selector, jwtRules });

const allow = (slot: Slot, rules: JsonObject): JsonObject =>
  istio('AuthorizationPolicy', slot.name, {
    selector,
    action: 'ALLOW',
    rules: [{ to: [{ operation: { hosts: [slot.host] } }], ...rules }],
  });

const when = (random: Random): JsonObject => {
  const condition = pick(random, [
    { key: 'request.auth.claims[sub]', values: ['alice'] },
    { key: 'request.auth.claims[groups]', values: ['a', 'c'] },
    { key: 'request.auth.claims[nested][level]', values: ['one'] },
    { key: 'request.auth.claims[scope]', values: ['read'] },
    { key: 'request.auth.audiences', values: ['shop'] },
    { key: 'request.auth.presenter', values: ['alice'] },
    { key: 'request.auth.principal', values: ['*/alice'] },
    { key: 'request.auth.claims[sub]', notValues: ['bob'] },
  ] as JsonObject[]);
  return { when: [condition] };
};

const recipe =
  (keys: Keys, what: string, policy: (slot: Slot, random: Random) => JsonObject, rules = 1): Recipe =>
  (slot, random) => {
    const jwtRules = Array.from({ length: rules }, (_, n) => rule(keys, slot, { random, n }));
    const allowed = policy(slot, random);
    const told = jwtRules.map(({ jwks: _, ...rest }) => rest);
    return {
      name: `${what}: ${JSON.stringify([told, allowed])}`,
      objects: [virtualService(slot, [{}]), authentication(slot, jwtRules), allow(slot, allowed)],
      requests: Array.from({ length: 6 }, () => asked(keys, slot, random)),
    };
  };

export const jwt: Feature = {
  id: 'jwt',
  title: 'JWT: tokens good and bad, places, claims as headers, conditions on claims',
  cases(random, count, slot) {
    const keys = signers();
    const principal = (s: Slot, r: Random) => ({
      from: [{ source: { requestPrincipals: [pick(r, ['*', `${issuer(s)}/alice`, `${issuer(s)}/*`, '*/bob'])] } }],
    });
    return inTurn([
      recipe(keys, 'any', () => ({})),
      recipe(keys, 'with a principal', principal),
      recipe(keys, 'with a claim', (_, r) => when(r)),
      recipe(keys, 'two issuers', () => ({}), 2),
    ])(random, count, slot);
  },
};
