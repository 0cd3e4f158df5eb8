import type { ProxyStatus, SyncState } from '../../kube/proxy-admin.ts';
import { type XdsType, xdsTypes } from './resources.ts';
import { decided, type NodeState, type Subscription } from './subscriptions.ts';

/** Where a proxy stands with the newest version of every type, in the words of `istioctl proxy-status`. */
export function settlement(state: NodeState): { status: ProxyStatus; settled: boolean } {
  const status: ProxyStatus = {
    listeners: 'NOT SENT',
    routes: 'NOT SENT',
    clusters: 'NOT SENT',
    endpoints: 'NOT SENT',
    rejections: [],
  };
  let settled = state.prepared !== undefined;
  for (const type of Object.keys(xdsTypes) as XdsType[]) {
    const now = stateOf(state, type);
    const field = xdsTypes[type].status;
    if (field !== undefined) status[field] = now;
    if (now === 'REJECTED')
      status.rejections.push(`${type}: ${state.refusals.get(type)?.reason ?? 'no reason in Envoy’s log yet'}`);
    if (now === 'STALE' || (xdsTypes[type].wildcard && now === 'NOT SENT')) settled = false;
  }
  return { status, settled };
}

function stateOf(state: NodeState, type: XdsType): SyncState {
  const subscriptions = state.subscriptions.values().filter((s) => s.type === type);
  const missing = expected(state, type).filter((name) => state.subscriptions.of(type, name).length === 0);
  if (subscriptions.length === 0 && missing.length === 0) return 'NOT SENT';
  const versions = subscriptions.map((s) => ({ s, version: state.prepared?.answer(type, s.name)?.version }));
  const refused = (s: Subscription, version?: string) =>
    s.refused !== undefined && (version ?? s.refused) === s.refused;
  if (versions.some(({ s, version }) => refused(s, version))) return 'REJECTED';
  // What the newest configuration does not name any more is not waited for: Envoy may have dropped it after an answer.
  const waits = ({ s, version }: (typeof versions)[0]) =>
    s.sent !== undefined && (version !== undefined || type === 'secrets');
  if (missing.length > 0 || versions.some(waits)) return 'STALE';
  // A secret is compared when it is sent; the others against the newest configuration, unknown names stay held.
  return type === 'secrets' || versions.every(({ s, version }) => version === undefined || decided(s, version))
    ? 'SYNCED'
    : 'STALE';
}

/** Names that follow from what the proxy was given; after a refusal it asks only for what it has taken. */
function expected(state: NodeState, type: XdsType): readonly string[] {
  const refused = (parent: XdsType) => state.subscriptions.of(parent, '').some((s) => s.refused !== undefined);
  if (type === 'endpoints') return refused('clusters') ? [] : (state.prepared?.endpointNames ?? []);
  if (type === 'routes') return refused('listeners') ? [] : (state.prepared?.routeNames ?? []);
  return [];
}
