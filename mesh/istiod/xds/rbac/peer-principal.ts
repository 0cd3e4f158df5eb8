import { isObject, type Json, type JsonObject } from '../../../json.ts';

/** Behind a tunnel the peer is no longer that of the connection: its name is in the filter state (principalAuthenticated in istio authz/model). */
export function fromFilterState(policy: JsonObject): JsonObject {
  const visit = (value: Json | undefined): Json | undefined => {
    if (Array.isArray(value)) return value.map((item) => visit(item) ?? null);
    if (!isObject(value)) return value;
    const name = isObject(value.authenticated) ? value.authenticated.principalName : undefined;
    if (name !== undefined) return { filterState: { key: 'io.istio.peer_principal', stringMatch: name } };
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
  };
  return visit(policy) as JsonObject;
}
