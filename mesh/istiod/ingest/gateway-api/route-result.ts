import type { Config } from '../../model/config.ts';
import type { ParentRef } from '../../model/gateway-route.ts';
import type { Intake } from '../read.ts';
import type { ConfigError } from './conditions.ts';
import type { Attachment, Parents } from './parents.ts';
import type { GatewayWorld } from './world.ts';

export type AnyRoute = Config<{ parentRefs?: ParentRef[]; hostnames?: string[] }>;

/** A route with where it attaches and what is wrong with it, apart for the mesh and for gateways. */
export interface RouteResult {
  config: AnyRoute;
  attachments: readonly Attachment[];
  errors: { mesh?: ConfigError | undefined; gateway?: ConfigError | undefined };
}

/** What translation of routes has at hand. */
export interface RouteReading {
  parents: Parents;
  world: GatewayWorld;
  intake: Intake;
}
