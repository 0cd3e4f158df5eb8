import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import type { Opening } from '../../world/connection.ts';
import { notInterpreted } from '../match/unsupported.ts';
import { field, number, object, objects, text, typeOf } from '../runtime/proto.ts';

const tls = 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector';
const http = 'envoy.extensions.filters.listener.http_inspector.v3.HttpInspector';

/** Which inspectors look at a connection to this port (filterDisabled is a predicate on the original destination). */
export interface Inspectors {
  tls(port: number): boolean;
  http(port: number): boolean;
}

/** Done elsewhere: useOriginalDst, and the addresses of every dial are the original ones. */
const originalDst = 'envoy.extensions.filters.listener.original_dst.v3.OriginalDst';

export function compileInspectors(
  listener: JsonObject,
  to: { pointer: string; report(problem: Problem): void },
): Inspectors {
  const filters = objects(listener, 'listenerFilters');
  for (const [i, filter] of filters.entries()) {
    const type = typeOf(object(filter, 'typedConfig'));
    if (![tls, http, originalDst].includes(type))
      to.report(
        notInterpreted(`listener filter ${text(filter, 'name')} (${type})`, `${to.pointer}/listenerFilters/${i}`),
      );
  }
  const active = (type: string) => {
    const filter = filters.find((f) => typeOf(object(f, 'typedConfig')) === type);
    if (!filter) return () => false;
    const off =
      field(filter, 'filterDisabled') === undefined ? () => false : compilePredicate(object(filter, 'filterDisabled'));
    return (port: number) => !off(port);
  };
  return { tls: active(tls), http: active(http) };
}

/** envoy.config.listener.v3.ListenerFilterChainMatchPredicate. */
function compilePredicate(predicate: JsonObject): (port: number) => boolean {
  const rules = (name: string) => objects(object(predicate, name), 'rules').map(compilePredicate);
  if (field(predicate, 'orMatch')) {
    const list = rules('orMatch');
    return (port) => list.some((matches) => matches(port));
  }
  if (field(predicate, 'andMatch')) {
    const list = rules('andMatch');
    return (port) => list.every((matches) => matches(port));
  }
  if (field(predicate, 'notMatch')) {
    const inner = compilePredicate(object(predicate, 'notMatch'));
    return (port) => !inner(port);
  }
  if (field(predicate, 'destinationPortRange')) {
    // Int32Range: the end is not part of it.
    const range = object(predicate, 'destinationPortRange');
    const [start, end] = [number(range, 'start'), number(range, 'end')];
    return (port) => port >= start && port < end;
  }
  return () => field(predicate, 'anyMatch') === true;
}

export interface Seen {
  serverName: string;
  transportProtocol: 'raw_buffer' | 'tls';
  applicationProtocols: readonly string[];
}

const http11: readonly string[] = ['http/1.1'];
const http10: readonly string[] = ['http/1.0'];
const h2c: readonly string[] = ['h2c'];
const nothing: readonly string[] = [];

/** What the inspectors find (source/extensions/filters/listener/{tls,http}_inspector). Without tls_inspector TLS is not seen. */
export function inspect(opening: Opening, inspectors: Inspectors, port: number): Seen {
  if (opening.kind === 'tls' && inspectors.tls(port))
    return {
      serverName: opening.hello.sni.toLowerCase(),
      transportProtocol: 'tls',
      applicationProtocols: opening.hello.alpn,
    };
  if (opening.kind === 'http' && inspectors.http(port)) {
    const found = opening.version === 'HTTP/2' ? h2c : opening.version === 'HTTP/1.0' ? http10 : http11;
    return { serverName: '', transportProtocol: 'raw_buffer', applicationProtocols: found };
  }
  return { serverName: '', transportProtocol: 'raw_buffer', applicationProtocols: nothing };
}
