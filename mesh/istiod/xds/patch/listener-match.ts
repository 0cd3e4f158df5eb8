import { isObject, type JsonObject, strings } from '../../../json.ts';
import type { Patch } from '../../ingest/envoy-filter.ts';
import type { Place } from './lists.ts';

/** Their ports are those of their filter chains. */
const isVirtual = (listener: JsonObject): boolean =>
  listener.name === 'virtualInbound' || listener.name === 'virtualOutbound';

/** `match.listener`, unless another member of the oneof stands there before it. */
const listenerOf = ({ match }: Patch) => match.listener;

const portOf = (listener: JsonObject): number => {
  const address = isObject(listener.address) ? listener.address.socketAddress : undefined;
  return isObject(address) ? Number(address.portValue ?? 0) : 0;
};

/** listenerMatch in istio pilot/pkg/networking/core/envoyfilter/listener_patch.go. */
export function matchesListener(patch: Patch, listener: JsonObject): boolean {
  const wanted = listenerOf(patch);
  if (!wanted) return true;
  if (wanted.name && wanted.name !== listener.name) return false;
  if (patch.applyTo !== 'LISTENER' && isVirtual(listener)) return true;
  return !wanted.portNumber || portOf(listener) === wanted.portNumber;
}

/** filterChainMatch; the listener has been matched already. */
export function matchesChain(patch: Patch, listener: JsonObject, chain: JsonObject): boolean {
  const wanted = listenerOf(patch);
  if (!wanted) return true;
  const match = isObject(chain.filterChainMatch) ? chain.filterChainMatch : {};
  const port = Number(match.destinationPort ?? 0);
  if (isVirtual(listener) && wanted.portNumber && port !== wanted.portNumber) return false;
  const own = wanted.filterChain;
  if (!own) return true;
  const protocols = strings(match.applicationProtocols);
  return (
    (!own.name || own.name === chain.name) &&
    (!own.sni || strings(match.serverNames).includes(own.sni)) &&
    (!own.transportProtocol || own.transportProtocol === match.transportProtocol) &&
    (!own.applicationProtocols || own.applicationProtocols.split(',').every((p) => protocols.includes(p))) &&
    (!own.destinationPort || port === own.destinationPort)
  );
}

export const listenerFilterPlace = (patch: Patch): Place => {
  const name = listenerOf(patch)?.listenerFilter;
  return { named: !!name, is: (filter) => !name || filter.name === name };
};

/** A filter match without a name names the filter that has none. */
export const networkFilterPlace = (patch: Patch): Place => {
  const filter = listenerOf(patch)?.filterChain?.filter;
  return { named: filter !== undefined, is: (f) => !filter || (f.name ?? '') === (filter.name ?? '') };
};

export const httpFilterPlace = (patch: Patch): Place => {
  const sub = listenerOf(patch)?.filterChain?.filter?.subFilter;
  return { named: sub !== undefined, is: (f) => !sub || (f.name ?? '') === (sub.name ?? '') };
};
