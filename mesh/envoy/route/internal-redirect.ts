import type { JsonObject } from '../../json.ts';
import { field, flag, number, object, objects, refuse, texts } from '../match/proto.ts';
import type { InternalRedirectPolicy } from '../policy.ts';

/** Envoy knows no limit; a cycle must end, and in no virtual time it could not do so by a timeout. */
const mostHere = 100;

/**
 * envoy.config.route.v3.InternalRedirectPolicy; undefined when the route does not follow redirects. Predicates are
 * refused: nothing here asks them.
 */
export function compileInternalRedirect(action: JsonObject, where: string): InternalRedirectPolicy | undefined {
  const policy = object(action, 'internalRedirectPolicy');
  if (!policy) return undefined;
  if (objects(policy, 'predicates').length > 0)
    return refuse('predicates of internal redirects are not interpreted here', where);
  const codes = field(policy, 'redirectResponseCodes');
  const known = [301, 302, 303, 307, 308];
  const wanted = Array.isArray(codes) ? codes.map(Number).filter((code) => known.includes(code)) : [];
  return {
    most: Math.min(number(policy, 'maxInternalRedirects') ?? 1, mostHere),
    codes: new Set(wanted.length > 0 ? wanted : [302]),
    crossScheme: flag(policy, 'allowCrossSchemeRedirect') ?? false,
    headersToCopy: texts(policy, 'responseHeadersToCopy').map((name) => name.toLowerCase()),
  };
}
