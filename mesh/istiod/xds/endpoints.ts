import type { JsonObject } from '../../json.ts';
import type { ProxyContext } from './context.ts';
import { loadAssignment } from './endpoint/assignment.ts';

/** Endpoints of the clusters of these names, in their order (EDS). */
export const buildEndpoints = (context: ProxyContext, clusters: readonly string[]): JsonObject[] =>
  clusters.map((name) => loadAssignment(context, name));
