import type { JsonObject } from '../../../json.ts';
import type { GatewayServer } from '../../model/gateway.ts';
import type { ChainOptions } from '../listener/chain-match.ts';
import type { MergedGateway, PortServers } from './merge.ts';

/** A filter chain of a gateway: what it matches, and TLS that ends there. */
export interface GatewayChain extends ChainOptions {
  transportSocket?: JsonObject;
  server: GatewayServer;
}

/** A port whose chains are being made. */
export interface PortContext {
  merged: MergedGateway;
  port: PortServers;
  /** Server names that chains of the port already match, with the addresses that they are matched at. */
  tlsHosts: Map<string, string>;
}
