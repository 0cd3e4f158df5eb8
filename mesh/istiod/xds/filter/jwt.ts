import type { JsonObject } from '../../../json.ts';
import { compareText, originOf } from '../../model/config.ts';
import type { JwtRule } from '../../model/request-authentication.ts';
import { flag, some, text, typed } from '../any.ts';
import { originOfSpec, type ProxyContext } from '../context.ts';
import type { HttpFilterBuilder } from './filter.ts';

/** RequestAuthentications: a token, if there is one, must be valid (convertToEnvoyJwtConfig in istio pilot/pkg/security/authn). */
export const jwt: HttpFilterBuilder = ({ context, direction }) => {
  if (direction === 'outbound') return [];
  const { snapshot, proxy } = context;
  const policies = snapshot.requestAuthentication.ofWorkload(proxy.namespace, proxy.labels);
  const rules = policies
    .flatMap((policy) => (policy.spec.jwtRules ?? []).map((rule) => ({ rule, policy })))
    .sort((a, b) => compareText(a.rule.issuer ?? '', b.rule.issuer ?? ''));
  if (rules.length === 0) return [];
  const providers = rules.map(({ rule, policy }, i): [string, JsonObject] => {
    const built = provider(context, rule);
    context.origins.mark(built, originOfSpec(context, rule) ?? originOf(policy));
    return [`origins-${i}`, built];
  });
  const config = {
    bypassCorsPreflight: true,
    providers: Object.fromEntries(providers),
    rules: [{ match: { prefix: '/' }, requires: requirement(providers.map(([name]) => name)) }],
  };
  return [
    {
      name: 'envoy.filters.http.jwt_authn',
      typedConfig: typed('envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication', config),
    },
  ];
};

/** Each provider's token or none; with several, one valid token is enough where they look in the same place. */
function requirement(names: readonly string[]): JsonObject {
  const each = names.map((providerName) => ({
    requiresAny: { requirements: [{ providerName }, { allowMissing: {} }] },
  }));
  const [only] = each;
  if (only && each.length === 1) return only;
  const any = names.map((providerName) => ({ providerName }));
  return { requiresAny: { requirements: [...any, { requiresAll: { requirements: each } }] } };
}

function provider(context: ProxyContext, rule: JwtRule): JsonObject {
  return {
    audiences: some(rule.audiences),
    // Routes of a gateway may ask for claims, which are known only now.
    clearRouteCache: flag(context.proxy.type !== 'sidecar'),
    claimToHeaders: some(
      (rule.outputClaimToHeaders ?? []).map(({ header, claim }) => ({
        claimName: text(claim),
        headerName: text(header),
      })),
    ),
    forward: flag(rule.forwardOriginalToken),
    forwardPayloadHeader: text(rule.outputPayloadToHeader),
    fromCookies: some(rule.fromCookies),
    fromHeaders: some(
      (rule.fromHeaders ?? []).map(({ name, prefix }) => ({ name: text(name), valuePrefix: text(prefix) })),
    ),
    fromParams: some(rule.fromParams),
    issuer: text(rule.issuer),
    localJwks: { inlineString: rule.jwks || unknownKeys(context, rule) },
    normalizePayloadInMetadata: {
      spaceDelimitedClaims: [...new Set([...(rule.spaceDelimitedClaims ?? []), 'permission', 'scope'])].sort(),
    },
    payloadInMetadata: 'payload',
  };
}

/** istiod's own keys for keys that it cannot fetch (PublicOnlyJwks): nobody has the private one, so no token is valid. */
const publicOnly = `{
  "keys": [
    {
      "kty": "RSA",
      "e": "AQAB",
      "n": "0xObjM0UvS_oaazjpEYlAbwctEJ4L8pH3OuTb7qth7gUwqet-EzQB4dgFdvSdMgrLnSncQGRjpEYz3F3viIbH-3EN3TxSlPNviHxeOdyiBVfumN8dMxbLvVJUpfNOnvmMxJcl-8NNjAwcOjk4otSALaYgYYyOPyvKtgVdrQr-FoubWX4yrjxW-MJ2-7OBeepUUNOsVwGV23YX03sVkkyvY3otRflkBcY3_HKpBxJl9wk2GyOShN4_PNUF9-vwfnvOXMbCDX-w4PTef4geeb_GiT40YCKHTKMSPVanGRn5GExIWmki-mmqh94-mPTJyBR74ShspL3BxPZitDL574T1w"
    }
  ]
}`;

function unknownKeys(context: ProxyContext, { issuer = '', jwksUri = '' }: JwtRule): string {
  const what = `the keys of issuer ${issuer} are not fetched${jwksUri ? ` from ${jwksUri}` : ''}; none of its tokens is valid`;
  if (!context.problems.some((p) => p.what === what)) context.problems.push({ what, fix: 'write the keys in jwks' });
  return publicOnly;
}
