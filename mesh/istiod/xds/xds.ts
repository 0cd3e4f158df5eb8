import type { Proxy as MeshProxy } from '../proxy.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { build } from './build.ts';
import { contextOf } from './context.ts';
import type { XdsConfig } from './types.ts';

/**
 * Everything istiod would send to a sidecar or a gateway: pure, each list sorted by name. Pieces are shared between resources, so the result
 * is read-only. `origins`, `secrets` and `problems` are worked out when they are read.
 */
export const xds = (snapshot: Snapshot, proxy: MeshProxy): XdsConfig => build(contextOf(snapshot, proxy)).config;
