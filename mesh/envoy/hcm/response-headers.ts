import type { HttpRequest, HttpResponse } from '../../world/http-message.ts';
import { object, text } from '../runtime/proto.ts';
import type { CompiledRoute } from '../types.ts';
import type { HcmConfig } from './config.ts';
import { removeHopByHop } from './hop-by-hop.ts';

/** The Date header of one proxy, written once per second. */
export class DateProvider {
  #second = -1;
  #text = '';

  at(now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = new Date(second * 1000).toUTCString();
    }
    return this.#text;
  }
}

/** What the connection manager does to every answer (source/common/http/conn_manager_impl.cc, encodeHeaders; conn_manager_utility.cc, mutateResponseHeaders). */
export function finishResponse(
  { headers }: HttpResponse,
  config: HcmConfig,
  at: { date: string; route: CompiledRoute | undefined; requestId: string | undefined },
): void {
  removeHopByHop(headers);
  if (!headers.has('date')) headers.add('date', at.date);
  if (config.serverTransformation === 'OVERWRITE') headers.set('server', config.serverName);
  else if (config.serverTransformation === 'APPEND_IF_ABSENT' && !headers.has('server'))
    headers.add('server', config.serverName);
  if (config.alwaysSetRequestIdInResponse && at.requestId) headers.set('x-request-id', at.requestId);
  if (!config.tracing) return;
  // A server-side proxy tells its operation name, the client-side one uses it up.
  if (config.isEgress) headers.remove('x-envoy-decorator-operation');
  else if (at.route) {
    const operation = operationOf(at.route);
    if (operation) headers.set('x-envoy-decorator-operation', operation);
  }
}

const operations = new WeakMap<CompiledRoute, string>();

/** The route's decorator operation, read once per route. */
export function operationOf(route: CompiledRoute): string {
  let operation = operations.get(route);
  if (operation === undefined) {
    operation = text(object(route.json, 'decorator'), 'operation');
    operations.set(route, operation);
  }
  return operation;
}

/** A direct response 201 or 3xx says where the request itself went to (router.cc, directResponseEntry; RFC 7231, 7.1.2). */
export function ownLocation(status: number, { headers }: HttpRequest): [string, string][] {
  if (status !== 201 && (status < 300 || status > 399)) return [];
  return [['location', `${headers.get(':scheme')}://${headers.get(':authority')}${headers.get(':path')}`]];
}
