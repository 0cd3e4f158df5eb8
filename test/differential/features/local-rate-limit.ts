import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { chance, type Feature, istio, pick, type Slot } from '../feature.ts';
import { ask, inTurn, type Recipe, routePatch, virtualService } from '../parts.ts';

const name = 'envoy.filters.http.local_ratelimit';
const type = 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';

/** The filter itself, which does nothing; routes say what it does. */
const filter = istio('EnvoyFilter', 'local-rate-limit', {
  configPatches: [
    {
      applyTo: 'HTTP_FILTER',
      match: {
        context: 'SIDECAR_OUTBOUND',
        listener: { filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager' } } },
      },
      patch: {
        operation: 'INSERT_BEFORE',
        value: { name, typed_config: { '@type': type, stat_prefix: 'limit' } },
      },
    },
  ],
});

const percent = (numerator: number): JsonObject => ({ default_value: { numerator, denominator: 'HUNDRED' } });

/** No token comes back while a case runs. */
const bucket = (random: Random): JsonObject => ({
  max_tokens: pick(random, [1, 2, 3]),
  ...(chance(random, 0.5) ? { tokens_per_fill: pick(random, [1, 5]) } : {}),
  fill_interval: '3600s',
});

const limit = (random: Random): JsonObject => ({
  '@type': type,
  stat_prefix: 'limit',
  token_bucket: bucket(random),
  filter_enabled: percent(pick(random, [100, 100, 100, 0])),
  filter_enforced: percent(pick(random, [100, 100, 100, 0])),
  ...(chance(random, 0.3) ? { status: { code: pick(random, [429, 503, 200, 404]) } } : {}),
  ...(chance(random, 0.4)
    ? {
        response_headers_to_add: [
          { header: { key: 'x-limited', value: 'yes' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
        ],
      }
    : {}),
  ...(chance(random, 0.4)
    ? { request_headers_to_add_when_not_enforced: [{ header: { key: 'x-would', value: 'limit' } }] }
    : {}),
  ...(chance(random, 0.3) ? { enable_x_ratelimit_headers: 'DRAFT_VERSION_03' } : {}),
  ...(chance(random, 0.3) ? { rate_limited_as_resource_exhausted: true } : {}),
});

const patched = (slot: Slot, config: JsonObject): JsonObject =>
  routePatch(slot, { typed_per_filter_config: { [name]: config } });

const asked = (slot: Slot, random: Random) =>
  ask(slot, {
    method: pick(random, ['GET', 'POST', 'HEAD']),
    headers: chance(random, 0.2) ? [['content-type', 'application/grpc']] : [],
  });

const ofRoute: Recipe = (slot, random) => {
  const config = limit(random);
  return {
    name: JSON.stringify(config),
    objects: [virtualService(slot, [{}]), patched(slot, config)],
    requests: [1, 2, 3, 4, 5].map(() => asked(slot, random)),
  };
};

/** Two routes have two buckets. */
const twoRoutes: Recipe = (slot, random) => ({
  name: 'two routes of one virtual host',
  objects: [
    virtualService(slot, [{ match: [{ uri: { prefix: '/a' } }] }, {}]),
    patched(slot, { ...limit(random), filter_enabled: percent(100), filter_enforced: percent(100) }),
  ],
  requests: ['/a', '/', '/a', '/a', '/', '/', '/'].map((path) => ask(slot, { path })),
});

/** A whole bucket comes back at once after its interval, and much later than that. */
const refilled: Recipe = (slot, random) => ({
  name: 'tokens come back',
  objects: [
    virtualService(slot, [{}]),
    patched(slot, {
      '@type': type,
      stat_prefix: 'limit',
      token_bucket: { max_tokens: 2, tokens_per_fill: pick(random, [2, 10]), fill_interval: '0.050s' },
      filter_enabled: percent(100),
      filter_enforced: percent(100),
    }),
  ],
  requests: [{ ...ask(slot) }, { ...ask(slot), wait: 250 }, { ...ask(slot), wait: 250 }],
});

const fractional: Recipe = (slot, random) => {
  const [enabled, enforced] = [pick(random, [30, 60, 100]), pick(random, [25, 50])];
  return {
    name: `${enabled} % looked at, ${enforced} % enforced`,
    objects: [
      virtualService(slot, [{}]),
      patched(slot, {
        '@type': type,
        stat_prefix: 'limit',
        token_bucket: { max_tokens: 1, tokens_per_fill: 1, fill_interval: '3600s' },
        filter_enabled: percent(enabled),
        filter_enforced: percent(enforced),
      }),
    ],
    requests: [ask(slot, { times: 250 })],
    spread: ({ status }) => String(status),
  };
};

export const localRateLimit: Feature = {
  id: 'local-rate-limit',
  title: 'local rate limit: tokens, shares, headers, status',
  shared: [filter],
  cases: (random, count, slot) => [
    ...inTurn([ofRoute, ofRoute, twoRoutes, ofRoute, refilled])(random, count - 3, slot),
    ...inTurn([fractional])(random, 3, (i) => slot(count - 3 + i)),
  ],
};
