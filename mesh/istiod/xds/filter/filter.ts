import type { JsonObject } from '../../../json.ts';
import type { Protocol } from '../../model/protocol.ts';
import type { Service } from '../../model/service.ts';
import type { ProxyContext } from '../context.ts';

/** `gateway`: what a router takes from outside is treated as a server would, and sent on as a client would. */
export type TrafficDirection = 'inbound' | 'outbound' | 'gateway';

/** What an HTTP filter may depend on. */
export interface HttpFilterInput {
  context: ProxyContext;
  direction: TrafficDirection;
  protocol: Protocol;
  /** Of the service (clients) or of the workload (servers); extensions may choose by it. */
  port?: number;
  /** The service that the listener was made for; others may share it. */
  service?: Service;
  /** It comes out of a tunnel. */
  hbone?: boolean;
  /** It is sent to the proxy on purpose (meshConfig.proxyHttpPort). */
  explicitProxy?: boolean;
}

/** The filters that one concern puts into a connection manager; most give none or one. */
export type HttpFilterBuilder = (input: HttpFilterInput) => JsonObject[];
