import type { JsonObject } from '../../json.ts';
import type { TextMatcher } from '../match/condition.ts';
import { compileRuntimeFraction, isEnabled, type RuntimeFraction, randomBits } from '../match/fraction.ts';
import { flag, object, objects, text } from '../match/proto.ts';
import { compileString } from '../match/string-matcher.ts';
import type { FilterSetting, HttpFilterFactory, Stream } from '../types.ts';
import { tell } from './tell.ts';

interface Cors {
  origins: readonly TextMatcher[];
  methods: string;
  headers: string;
  expose: string;
  maxAge: string;
  credentials: boolean;
  forwardNotMatching: boolean;
  enabled: RuntimeFraction;
}

const always: RuntimeFraction = { numerator: 100, denominator: 100, runtimeKey: '' };

/** envoy.extensions.filters.http.cors.v3.CorsPolicy. */
function compilePolicy(policy: JsonObject, { pointer }: FilterSetting): Cors {
  const fraction = object(policy, 'filterEnabled');
  return {
    origins: objects(policy, 'allowOriginStringMatch').map((m, i) =>
      compileString(m, `${pointer}/allowOriginStringMatch/${i}`),
    ),
    methods: text(policy, 'allowMethods'),
    headers: text(policy, 'allowHeaders'),
    expose: text(policy, 'exposeHeaders'),
    maxAge: text(policy, 'maxAge'),
    credentials: flag(policy, 'allowCredentials') ?? false,
    forwardNotMatching: flag(policy, 'forwardNotMatchingPreflights') ?? true,
    enabled: fraction ? compileRuntimeFraction(fraction) : always,
  };
}

const allowed = ({ origins }: Cors, origin: string): boolean =>
  origins.some((matcher) => matcher.test('*') || matcher.test(origin));

/** A policy of "*" answers with what was asked for. */
const orAsked = (policy: string, asked: string | undefined): string => (policy === '*' ? (asked ?? '') : policy);

/** Headers of the answer to a preflight, in Envoy's order. */
function preflight(policy: Cors, stream: Stream, origin: string | undefined): [string, string][] {
  const { headers } = stream.request;
  const pairs: [string, string][] = [
    ['access-control-allow-origin', origin ?? ''],
    ['access-control-allow-credentials', policy.credentials ? 'true' : ''],
    ['access-control-allow-methods', orAsked(policy.methods, headers.get('access-control-request-method'))],
    ['access-control-allow-headers', orAsked(policy.headers, headers.get('access-control-request-headers'))],
    ['access-control-max-age', policy.maxAge],
  ];
  return pairs.filter(([, value]) => value !== '');
}

/** envoy.filters.http.cors (envoy source/extensions/filters/http/cors/cors_filter.cc). The policy is the route's. */
export const cors: HttpFilterFactory = {
  type: 'envoy.extensions.filters.http.cors.v3.Cors',
  compilePerRoute: compilePolicy,
  compile(_, setting) {
    const { stats, random, runtime } = setting.context;
    const valid = stats.counter(`${setting.statPrefix}cors.origin_valid`);
    const invalid = stats.counter(`${setting.statPrefix}cors.origin_invalid`);
    // The origin that a stream's response must name.
    const latched = new WeakMap<Stream, string>();
    return {
      name: setting.name,
      decode(stream, perRoute) {
        const policy = perRoute as Cors | undefined;
        const origin = policy && stream.request.headers.get('origin');
        if (!policy || !origin || stream.route?.action.kind !== 'route') return undefined;
        if (!isEnabled(policy.enabled, randomBits(random), runtime)) return undefined;
        const isAllowed = allowed(policy, origin);
        (isAllowed ? valid : invalid).value++;
        if (isAllowed) latched.set(stream, origin);
        const { headers } = stream.request;
        if (headers.get(':method') !== 'OPTIONS' || !headers.get('access-control-request-method')) return undefined;
        if (!isAllowed && policy.forwardNotMatching) return undefined;
        tell(stream, setting, `answers the preflight of origin ${origin}`);
        const answer = preflight(policy, stream, isAllowed ? origin : undefined);
        return { kind: 'localReply', status: 200, body: '', details: 'cors_response', headers: answer };
      },
      encode(stream, perRoute) {
        const policy = perRoute as Cors | undefined;
        const origin = latched.get(stream);
        const headers = stream.response?.headers;
        if (!policy || origin === undefined || !headers) return undefined;
        headers.set('access-control-allow-origin', origin);
        if (policy.credentials) headers.set('access-control-allow-credentials', 'true');
        if (policy.expose !== '') headers.set('access-control-expose-headers', policy.expose);
        return undefined;
      },
    };
  },
};
