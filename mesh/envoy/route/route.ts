import { flag, object, objects, refuse, text } from '../match/proto.ts';
import { reportUnsupported } from '../match/unsupported.ts';
import type { CompiledRoute, RouteCompiling } from '../types.ts';
import { compileDirectResponse } from './direct-response.ts';
import { compileFinalizeRequest, compileFinalizeResponse, type Levels, type Pointers } from './finalize.ts';
import { compileMatch, type RouteConditions } from './match.ts';
import { compilePerFilter } from './per-filter.ts';
import { compileRedirect } from './redirect.ts';

export interface RouteEntry extends RouteConditions {
  compiled: CompiledRoute;
}

const unsupportedActions = ['rateLimits', 'clusterSpecifierPlugin', 'inlineClusterSpecifierPlugin'];

/** envoy.config.route.v3.Route with what it inherits. Throws a ProblemError for what Envoy refuses. */
export function compileRoute(levels: Levels, at: Pointers, compiling: RouteCompiling): RouteEntry {
  const { route, virtualHost } = levels;
  const conditions = compileMatch(object(route, 'match') ?? {}, `${at.route}/match`, compiling);
  const action = object(route, 'route') ?? {};
  const { report } = compiling.context;
  reportUnsupported(action, unsupportedActions, { pointer: `${at.route}/route`, report });
  const weighted = objects(object(action, 'weightedClusters') ?? {}, 'clusters');
  return {
    ...conditions,
    compiled: {
      name: text(route, 'name'),
      virtualHost: text(virtualHost, 'name'),
      json: route,
      pointer: at.route,
      action: compileAction(levels, { at, conditions }, compiling),
      perFilter: compilePerFilter(levels, weighted),
      finalizeRequest: compileFinalizeRequest(levels, at, conditions.path),
      finalizeResponse: compileFinalizeResponse(levels, at),
      includeRequestAttemptCount: flag(virtualHost, 'includeRequestAttemptCount') ?? false,
      includeAttemptCountInResponse: flag(virtualHost, 'includeAttemptCountInResponse') ?? false,
    },
  };
}

function compileAction(
  { route, virtualHost, config }: Levels,
  { at, conditions }: { at: Pointers; conditions: RouteConditions },
  compiling: RouteCompiling,
): CompiledRoute['action'] {
  const redirect = object(route, 'redirect');
  if (redirect) return compileRedirect(redirect, conditions.path, `${at.route}/redirect`);
  const response = object(route, 'directResponse');
  if (response) return compileDirectResponse(response, { pointer: `${at.route}/directResponse`, config }, compiling);
  if (object(route, 'nonForwardingAction')) return { kind: 'nonForwarding' };
  if (!object(route, 'route')) return refuse('a route without an action that is interpreted here', at.route);
  return { kind: 'route', policy: compiling.policy(route, virtualHost, config) };
}
