import type { HeaderMap, WorkloadContext } from './workload.ts';

/** What an app must copy from the request it got to the requests it makes, so that spans join to one trace (istio.io, distributed tracing, "Trace context propagation"). */
const traceHeaders = new Set([
  'x-request-id',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'b3',
  'traceparent',
  'tracestate',
  'x-ot-span-context',
  'x-cloud-trace-context',
  'grpc-trace-bin',
]);

/** What says on whose behalf the call is made; routing rules match on these further down. */
const callerHeaders = ['user-agent', 'end-user'];

/** The headers to forward. `also`: those of one app. With PROPAGATE=off the trace headers stay behind and every hop starts a trace of its own. */
export function propagate(headers: HeaderMap, ctx: WorkloadContext, also: string[] = []): HeaderMap {
  const isTrace = (name: string) => traceHeaders.has(name) || name.startsWith('x-datadog-');
  const traced = ctx.env.PROPAGATE !== 'off';
  const wanted = new Set([...callerHeaders, ...also]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => wanted.has(name) || (traced && isTrace(name))));
}
