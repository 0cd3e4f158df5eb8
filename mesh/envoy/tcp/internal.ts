import type { JsonObject } from '../../json.ts';
import type { Address, Dial } from '../../world/connection.ts';
import { object, text } from '../runtime/proto.ts';

/** The address of an internal listener (envoy.config.core.v3.EnvoyInternalAddress), with what a connection to it restores. */
export interface InternalAddress extends Address {
  listener: string;
}

export const isInternal = (address: Address): address is InternalAddress => 'listener' in address;

const originalDst = 'envoy.filters.listener.original_dst';

/** `ip:port`, `[ip]:port`; undefined for anything else. */
export function parseAddress(value: string | undefined): Address | undefined {
  const found = /^\[?([^\]]+?)\]?:(\d+)$/.exec(value ?? '');
  return found ? { ip: found[1] ?? '', port: Number(found[2]) } : undefined;
}

/** The endpoint's id and its metadata say where the connection was going. */
export function internalAddress(address: JsonObject, metadata: JsonObject): InternalAddress {
  const local = parseAddress(text(object(metadata, originalDst), 'local')) ?? parseAddress(text(address, 'endpointId'));
  return { ...(local ?? { ip: '0.0.0.0', port: 0 }), listener: text(address, 'serverListenerName') };
}

/**
 * A connection within the proxy: filter state that the outer connection shares says where it goes and comes from, else
 * the endpoint does (envoy source/extensions/filters/listener/original_dst, for internal addresses).
 */
export function internalDial(dial: Dial): Dial {
  const state = dial.client.state;
  return {
    ...dial,
    source: parseAddress(state?.get(`${originalDst}.remote_ip`)) ?? dial.source,
    destination: parseAddress(state?.get(`${originalDst}.local_ip`)) ?? dial.destination,
  };
}
