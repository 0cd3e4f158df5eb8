import type { Config } from '../model/config.ts';
import type { MergedDestinationRule } from '../model/destination-rule.ts';
import type { Labels } from '../model/labels.ts';
import type { Service } from '../model/service.ts';
import type { EgressListener, OutboundTrafficPolicy, Sidecar } from '../model/sidecar.ts';
import type { VirtualServiceConfig } from '../model/virtual-service.ts';

/** One egress listener of a Sidecar object, or the one that imports everything. */
export interface Egress {
  listener: EgressListener;
  services: readonly Service[];
  virtualServices: readonly VirtualServiceConfig[];
  virtualServicesOf(host: string): VirtualServiceConfig[];
  /** Service host → key of the VirtualService with the most specific host. */
  owners: ReadonlyMap<string, string>;
}

/** What the proxies of a namespace (or those that a Sidecar object selects) see of the mesh. */
export interface SidecarScope {
  name: string;
  namespace: string;
  sidecar?: Config<Sidecar>;
  egress: readonly Egress[];
  services: readonly Service[];
  byHost: ReadonlyMap<string, Service>;
  outboundTrafficPolicy: OutboundTrafficPolicy;
  destinationRules(host: string): readonly MergedDestinationRule[];
}

export interface ScopedProxy {
  type?: string;
  namespace: string;
  labels: Labels;
}
