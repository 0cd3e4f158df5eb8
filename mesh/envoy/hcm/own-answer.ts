import type { HttpRequest } from '../../world/http-message.ts';
import type { CompiledRoute, LocalReply } from '../types.ts';
import { ownLocation } from './response-headers.ts';

const notFound: LocalReply = { kind: 'localReply', status: 404, body: '', details: 'route_not_found', flag: 'NR' };

const ofRoute = (answer: Pick<LocalReply, 'status' | 'body' | 'headers'>): LocalReply => ({
  ...answer,
  kind: 'localReply',
  details: 'direct_response',
  isRoutes: true,
});

/** What the router filter answers itself: without a route, and by routes that lead to no cluster (source/common/router/router.cc, decodeHeaders). */
export function ownAnswer(route: CompiledRoute | undefined, request: HttpRequest): LocalReply {
  const action = route?.action;
  if (action?.kind === 'redirect')
    return ofRoute({ status: action.status, body: '', headers: [['location', action.location(request)]] });
  if (action?.kind === 'directResponse')
    return ofRoute({ status: action.status, body: action.body, headers: ownLocation(action.status, request) });
  return notFound;
}
