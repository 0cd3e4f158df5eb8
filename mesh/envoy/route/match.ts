import type { JsonObject } from '../../json.ts';
import type { Condition } from '../match/condition.ts';
import { compileRuntimeFraction, isEnabled } from '../match/fraction.ts';
import { compileHeaders } from '../match/header-matcher.ts';
import { flag, object, objects, refuse, text } from '../match/proto.ts';
import { compileQueryParameters } from '../match/query-matcher.ts';
import { compileString } from '../match/string-matcher.ts';
import { compileMetadata } from '../match/value-matcher.ts';
import type { RouteCompiling, Stream } from '../types.ts';
import { compilePath, type PathMatcher } from './path-matcher.ts';

/** What a route wants of a stream; the path first, as the cheapest and most telling. Nothing here has side effects. */
export interface RouteConditions {
  path: PathMatcher;
  others: readonly Condition<Stream>[];
}

/** envoy.config.route.v3.RouteMatch. Throws a ProblemError for what Envoy refuses. */
export function compileMatch(match: JsonObject, pointer: string, compiling: RouteCompiling): RouteConditions {
  const headers = compileHeaders(match, 'headers', pointer);
  const query = compileQueryParameters(match, pointer);
  return {
    path: compilePath(match, pointer),
    others: [
      ...runtimeFraction(match, compiling),
      ...(object(match, 'grpc') ? [grpc] : []),
      ...headers.map((condition) => on(condition, (stream) => stream.request.headers)),
      ...query.map((condition) => on(condition, (stream) => stream.request.headers.get(':path') ?? '')),
      ...cookies(match, pointer),
      ...tlsContext(match),
      ...metadata(match, pointer),
      ...filterState(match, pointer),
    ],
  };
}

const on = <T>(condition: Condition<T>, part: (stream: Stream) => T): Condition<Stream> => ({
  test: (stream) => condition.test(part(stream)),
  reason: (stream) => condition.reason(part(stream)),
});

function runtimeFraction(match: JsonObject, { context }: RouteCompiling): Condition<Stream>[] {
  const setting = object(match, 'runtimeFraction');
  if (!setting) return [];
  const fraction = compileRuntimeFraction(setting);
  return [
    {
      test: (stream) => isEnabled(fraction, stream.randomValue, context.runtime),
      reason: () => `not among the ${fraction.numerator} of ${fraction.denominator} requests that it takes`,
    },
  ];
}

/** The content type of gRPC (envoy source/common/grpc/common.cc, hasGrpcContentType). */
export const isGrpc = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/grpc($|\+|;| )/.test(contentType);

const grpc: Condition<Stream> = {
  test: ({ request }) => isGrpc(request.headers.get('content-type')),
  reason: () => 'the request is not gRPC',
};

/** RouteMatch.cookies: as headers, on the cookies of the request. */
function cookies(match: JsonObject, pointer: string): Condition<Stream>[] {
  return objects(match, 'cookies').map((matcher, i) => {
    const name = text(matcher, 'name');
    const string = object(matcher, 'stringMatch');
    const wanted = string ? compileString(string, `${pointer}/cookies/${i}/stringMatch`) : undefined;
    if (!wanted && object(matcher, 'rangeMatch')) refuse('a range of cookies is not interpreted here', pointer);
    const inverted = flag(matcher, 'invertMatch') ?? false;
    const present = flag(matcher, 'presentMatch') ?? true;
    const missing = flag(matcher, 'treatMissingCookieAsEmpty') ? '' : undefined;
    const test = ({ request }: Stream): boolean => {
      const value = cookie(request.headers.all('cookie'), name) ?? missing;
      if (!wanted) return ((value !== undefined) === present) !== inverted;
      return value !== undefined && wanted.test(value) !== inverted;
    };
    return { test, reason: () => `cookie ${name} does not fit` };
  });
}

/** The value of the first cookie of this name. */
export function cookie(headers: readonly string[], name: string): string | undefined {
  for (const pair of headers.flatMap((header) => header.split(';'))) {
    const equal = pair.indexOf('=');
    if (equal < 0 || pair.slice(0, equal).trim() !== name) continue;
    return pair
      .slice(equal + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}

/** RouteMatch.tls_context: certificates here are facts, so that one presented and accepted is also validated. */
function tlsContext(match: JsonObject): Condition<Stream>[] {
  const context = object(match, 'tlsContext');
  if (!context) return [];
  return ['presented', 'validated'].flatMap((name) => {
    const wanted = flag(context, name);
    if (wanted === undefined) return [];
    return [
      {
        test: ({ connection }: Stream) => (connection.tls?.peer !== undefined) === wanted,
        reason: () => `a client certificate was ${wanted ? 'not ' : ''}${name}`,
      },
    ];
  });
}

function metadata(match: JsonObject, pointer: string): Condition<Stream>[] {
  return objects(match, 'dynamicMetadata').map((matcher, i) => {
    const { test, where } = compileMetadata(matcher, `${pointer}/dynamicMetadata/${i}`);
    return {
      test: ({ info, connection }) =>
        test({ get: (name) => info.dynamicMetadata?.get(name) ?? connection.dynamicMetadata.get(name) }),
      reason: () => `metadata ${where} does not fit`,
    };
  });
}

function filterState(match: JsonObject, pointer: string): Condition<Stream>[] {
  return objects(match, 'filterState').map((matcher, i) => {
    const key = text(matcher, 'key');
    const wanted = compileString(object(matcher, 'stringMatch') ?? {}, `${pointer}/filterState/${i}/stringMatch`);
    const read = ({ info, connection }: Stream) => info.filterState?.get(key) ?? connection.filterState.get(key);
    return {
      test: (stream) => {
        const value = read(stream);
        return value !== undefined && wanted.test(value);
      },
      reason: (stream) => `filter state ${key} is ${read(stream) ?? 'absent'}, wanted: ${wanted.wants}`,
    };
  });
}
