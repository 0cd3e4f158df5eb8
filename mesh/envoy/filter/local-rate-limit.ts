import type { JsonObject } from '../../json.ts';
import { compileMutation, type HeaderMutation } from '../headers/mutation.ts';
import { compileRuntimeFraction, isEnabled, type RuntimeFraction, randomBits } from '../match/fraction.ts';
import { field, has, milliseconds, number, object, refuse, text } from '../match/proto.ts';
import { statusCode } from '../match/status-code.ts';
import { reportUnsupported } from '../match/unsupported.ts';
import type { Counter, FilterSetting, HttpFilterFactory, Stream } from '../types.ts';
import { tell } from './tell.ts';
import { type TokenBucket, tokenBucket } from './token-bucket.ts';

interface Limit {
  bucket: TokenBucket | undefined;
  perConnection: { max: number; perFill: number; fillMs: number } | undefined;
  enabled: RuntimeFraction;
  enforced: RuntimeFraction;
  status: number;
  /** For gRPC requests RESOURCE_EXHAUSTED in place of UNAVAILABLE. */
  isExhausted: boolean;
  headers: HeaderMutation | undefined;
  requestHeaders: HeaderMutation | undefined;
  xRateLimit: boolean;
  counters: { [name in 'enabled' | 'ok' | 'rate_limited' | 'enforced']: Counter };
}

const never: RuntimeFraction = { numerator: 0, denominator: 100, runtimeKey: '' };

const fraction = (config: JsonObject, name: string): RuntimeFraction => {
  const setting = object(config, name);
  return setting ? compileRuntimeFraction(setting) : never;
};

/** envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, of the filter or of a route. */
function compileLimit(config: JsonObject, { context, pointer }: FilterSetting): Limit {
  const unsupported = ['descriptors', 'rateLimits', 'localClusterRateLimit'];
  reportUnsupported(config, unsupported, { pointer, report: context.report });
  const bucket = object(config, 'tokenBucket');
  const setting = bucket && bucketSetting(bucket, pointer);
  const perConnection = field(config, 'localRateLimitPerDownstreamConnection') === true;
  const prefix = `${text(config, 'statPrefix')}.http_local_rate_limit.`;
  const counter = (name: string) => context.stats.counter(prefix + name);
  const add = (name: string, as: string) => ({ [as]: field(config, name) });
  const status = statusCode(object(config, 'status')) ?? 429;
  return {
    bucket: setting && !perConnection ? tokenBucket(setting, context.clock.now()) : undefined,
    perConnection: perConnection ? setting : undefined,
    enabled: fraction(config, 'filterEnabled'),
    enforced: fraction(config, 'filterEnforced'),
    // Codes below 400 would look like success (local_ratelimit.h, toErrorCode).
    status: status >= 400 ? status : 429,
    isExhausted: field(config, 'rateLimitedAsResourceExhausted') === true,
    headers: compileMutation(add('responseHeadersToAdd', 'responseHeadersToAdd'), 'response', pointer),
    requestHeaders: compileMutation(
      add('requestHeadersToAddWhenNotEnforced', 'requestHeadersToAdd'),
      'request',
      pointer,
    ),
    xRateLimit: text(config, 'enableXRatelimitHeaders') === 'DRAFT_VERSION_03',
    counters: {
      enabled: counter('enabled'),
      ok: counter('ok'),
      rate_limited: counter('rate_limited'),
      enforced: counter('enforced'),
    },
  };
}

function bucketSetting(bucket: JsonObject, pointer: string): { max: number; perFill: number; fillMs: number } {
  const fillMs = milliseconds(bucket, 'fillInterval') ?? 0;
  if (fillMs < 50) return refuse('local rate limit token bucket fill timer must be >= 50ms', pointer);
  const max = number(bucket, 'maxTokens') ?? 0;
  if (max === 0 && has(bucket, 'maxTokens')) return refuse('max_tokens must be greater than 0', pointer);
  return { max, perFill: number(bucket, 'tokensPerFill') ?? 1, fillMs };
}

/** envoy.filters.http.local_ratelimit (envoy source/extensions/filters/http/local_ratelimit/local_ratelimit.cc). */
export const localRateLimit: HttpFilterFactory = {
  type: 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
  compilePerRoute: compileLimit,
  compile(config, setting) {
    const own = compileLimit(config, setting);
    const { clock, random, runtime } = setting.context;
    const buckets = new WeakMap<object, TokenBucket>();
    const rejected = new WeakSet<Stream>();
    /** Only those who were looked at hear of the limit (encodeHeaders has no bucket for the others). */
    const limited = new WeakSet<Stream>();
    const bucketOf = (limit: Limit, { connection }: Stream): TokenBucket | undefined => {
      if (!limit.perConnection) return limit.bucket;
      const found = buckets.get(connection) ?? tokenBucket(limit.perConnection, clock.now());
      buckets.set(connection, found);
      return found;
    };
    return {
      name: setting.name,
      decode(stream, perRoute) {
        const limit = (perRoute as Limit | undefined) ?? own;
        const bucket = bucketOf(limit, stream);
        if (!bucket || !isEnabled(limit.enabled, randomBits(random), runtime)) return undefined;
        limit.counters.enabled.value++;
        if (limit.xRateLimit) limited.add(stream);
        if (bucket.take(clock.now())) {
          limit.counters.ok.value++;
          return undefined;
        }
        limit.counters.rate_limited.value++;
        if (!isEnabled(limit.enforced, randomBits(random), runtime)) {
          limit.requestHeaders?.(stream.request.headers, stream);
          return undefined;
        }
        limit.counters.enforced.value++;
        rejected.add(stream);
        tell(stream, setting, `refuses: no token left of ${bucket.max}`);
        const details = 'local_rate_limited';
        const grpcStatus = limit.isExhausted ? { grpcStatus: 8 } : {};
        return { kind: 'localReply', status: limit.status, body: details, details, flag: 'RL', ...grpcStatus };
      },
      encode(stream, perRoute) {
        const limit = (perRoute as Limit | undefined) ?? own;
        const headers = stream.response?.headers;
        if (!headers) return undefined;
        if (rejected.has(stream)) limit.headers?.(headers, stream);
        const bucket = limited.has(stream) ? bucketOf(limit, stream) : undefined;
        if (!bucket) return undefined;
        headers.set('x-ratelimit-limit', `${bucket.max}`);
        headers.set('x-ratelimit-remaining', `${bucket.left(clock.now())}`);
        headers.set('x-ratelimit-reset', `${bucket.wait(clock.now())}`);
        return undefined;
      },
    };
  },
};
