import type { JsonObject } from '../../json.ts';
import { type Condition, firstFailing } from '../match/condition.ts';
import { compileFraction, type Fraction, isUnder, randomBits } from '../match/fraction.ts';
import { compileHeaders } from '../match/header-matcher.ts';
import { has, milliseconds, number, object, text, texts } from '../match/proto.ts';
import { reportUnsupported } from '../match/unsupported.ts';
import type { HeaderList } from '../runtime/header-list.ts';
import type { FilterResult, FilterSetting, HttpFilterFactory, LocalReply, Stream } from '../types.ts';
import { tell } from './tell.ts';

interface Fault {
  delay: { fraction(headers: HeaderList): Fraction; duration(headers: HeaderList): number } | undefined;
  abort: { fraction(headers: HeaderList): Fraction; reply(headers: HeaderList): LocalReply | undefined } | undefined;
  upstreamCluster: string;
  downstreamNodes: ReadonlySet<string>;
  headers: readonly Condition<HeaderList>[];
  maxActive: number;
}

/** Compiled from the filter's or the route's HTTPFault; the route's replaces the filter's as a whole. */
function compileFault(config: JsonObject, setting: FilterSetting): Fault {
  const { context, pointer } = setting;
  reportUnsupported(config, ['responseRateLimit'], { pointer, report: context.report });
  return {
    delay: compileDelay(object(config, 'delay')),
    abort: compileAbort(object(config, 'abort')),
    upstreamCluster: text(config, 'upstreamCluster'),
    downstreamNodes: new Set(texts(config, 'downstreamNodes')),
    headers: compileHeaders(config, 'headers', pointer),
    maxActive: number(config, 'maxActiveFaults') ?? Number.POSITIVE_INFINITY,
  };
}

/** A number in a header, in [0, …]; undefined when it is none. */
const numberIn = (headers: HeaderList, name: string): number | undefined => {
  const value = headers.get(name);
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
};

/** The caller may ask for less than what is configured (fault_common.cc, HeaderPercentageProvider). */
function percentage(of: JsonObject, header: string | undefined): (headers: HeaderList) => Fraction {
  const fraction = compileFraction(object(of, 'percentage') ?? {});
  if (header === undefined) return () => fraction;
  return (headers) => {
    const asked = numberIn(headers, header);
    return asked === undefined ? fraction : { ...fraction, numerator: Math.min(asked, fraction.numerator) };
  };
}

function compileDelay(delay: JsonObject | undefined): Fault['delay'] {
  if (!delay) return undefined;
  const fixed = milliseconds(delay, 'fixedDelay') ?? 0;
  const byHeader = has(delay, 'headerDelay');
  return {
    fraction: percentage(delay, byHeader ? 'x-envoy-fault-delay-request-percentage' : undefined),
    duration: (headers) => (byHeader ? (numberIn(headers, 'x-envoy-fault-delay-request') ?? 0) : fixed),
  };
}

const aborting = (status: number, grpcStatus?: number): LocalReply => ({
  kind: 'localReply',
  status,
  body: 'fault filter abort',
  details: 'fault_filter_abort',
  flag: 'FI',
  ...(grpcStatus === undefined ? {} : { grpcStatus }),
});

function compileAbort(abort: JsonObject | undefined): Fault['abort'] {
  if (!abort) return undefined;
  const fraction = percentage(abort, has(abort, 'headerAbort') ? 'x-envoy-fault-abort-request-percentage' : undefined);
  const status = number(abort, 'httpStatus');
  const grpcStatus = number(abort, 'grpcStatus');
  if (has(abort, 'headerAbort')) {
    const reply = (headers: HeaderList) => {
      const asked = numberIn(headers, 'x-envoy-fault-abort-request');
      if (asked !== undefined && asked >= 200 && asked < 600) return aborting(asked);
      const grpc = numberIn(headers, 'x-envoy-fault-abort-grpc-request');
      return grpc === undefined ? undefined : aborting(200, grpc);
    };
    return { fraction, reply };
  }
  // A gRPC status alone goes out under HTTP 200 (fault_filter.cc, abortStatus).
  const reply = status === undefined ? aborting(200, grpcStatus) : aborting(status);
  return { fraction, reply: () => reply };
}

function applies(fault: Fault, { request, route }: Stream): boolean {
  const { headers } = request;
  if (fault.upstreamCluster !== '') {
    const clusters = route?.action.kind === 'route' ? route.action.policy.clusters : undefined;
    if (clusters?.kind !== 'cluster' || clusters.name !== fault.upstreamCluster) return false;
  }
  const node = headers.get('x-envoy-downstream-service-node') ?? '';
  if (fault.downstreamNodes.size > 0 && !fault.downstreamNodes.has(node)) return false;
  return firstFailing(fault.headers, headers) === undefined;
}

/**
 * envoy.filters.http.fault (envoy source/extensions/filters/http/fault/fault_filter.cc): delay and abort are drawn apart,
 * the abort after the delay.
 */
export const fault: HttpFilterFactory = {
  type: 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  compilePerRoute: compileFault,
  compile(config, setting) {
    const own = compileFault(config, setting);
    const { random, stats } = setting.context;
    const prefix = `${setting.statPrefix}fault.`;
    const [delays, aborts, overflow] = ['delays_injected', 'aborts_injected', 'faults_overflow'].map((name) =>
      stats.counter(prefix + name),
    );
    const active = stats.gauge(`${prefix}active_faults`);
    const faulted = new WeakSet<Stream>();
    const count = (stream: Stream, counter: { value: number } | undefined) => {
      if (counter) counter.value++;
      if (!faulted.has(stream)) active.value++;
      faulted.add(stream);
    };
    const abort = (stream: Stream, found: Fault): FilterResult => {
      if (!found.abort || !isUnder(found.abort.fraction(stream.request.headers), randomBits(random))) return undefined;
      const reply = found.abort.reply(stream.request.headers);
      if (!reply) return undefined;
      count(stream, aborts);
      tell(
        stream,
        setting,
        `aborts with ${reply.grpcStatus === undefined ? reply.status : `gRPC ${reply.grpcStatus}`}`,
      );
      return reply;
    };
    return {
      name: setting.name,
      decode(stream, perRoute) {
        const found = (perRoute as Fault | undefined) ?? own;
        if (!found.delay && !found.abort) return undefined;
        if (active.value >= found.maxActive) {
          if (overflow) overflow.value++;
          return undefined;
        }
        if (!applies(found, stream)) return undefined;
        const isDelayed =
          found.delay !== undefined && isUnder(found.delay.fraction(stream.request.headers), randomBits(random));
        const wait = isDelayed ? (found.delay?.duration(stream.request.headers) ?? 0) : 0;
        if (wait <= 0) return abort(stream, found);
        stream.flag('DI');
        count(stream, delays);
        tell(stream, setting, `delays by ${wait} ms`);
        return { kind: 'delay', milliseconds: wait, next: () => abort(stream, found) };
      },
      complete(stream) {
        if (faulted.delete(stream)) active.value--;
      },
    };
  },
};
