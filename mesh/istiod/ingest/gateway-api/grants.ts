import type { Config } from '../../model/config.ts';
import type { ObjectRef, ReferenceGrant } from '../../model/kubernetes-gateway.ts';
import { GATEWAY_GROUP, type GroupKind } from './references.ts';

/** Who may refer to what in another namespace (istio gatewaycommon/references.go). */
export interface Grants {
  allows(from: { kind: string; namespace: string }, to: GroupKind & { namespace: string; name: string }): boolean;
}

const froms = new Set(['Gateway', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'ListenerSet']);
const tos = new Set(['ConfigMap', 'Secret', 'Service']);

const isFrom = ({ group, kind }: ObjectRef): boolean => group === GATEWAY_GROUP && froms.has(kind ?? '');
const isTo = ({ group = '', kind }: ObjectRef): boolean => group === '' && tos.has(kind ?? '');

type Side = { kind?: string; namespace?: string };
const pairKey = (from: Side, to: Side): string => `${from.kind} ${from.namespace} ${to.kind} ${to.namespace}`;

export function grantsOf(grants: readonly Config<ReferenceGrant>[]): Grants {
  /** Names that may be referred to; `*` for all. */
  const allowed = new Map<string, Set<string>>();
  for (const { spec, namespace } of grants)
    for (const from of (spec.from ?? []).filter(isFrom))
      for (const { kind, name } of (spec.to ?? []).filter(isTo)) {
        const key = pairKey(from, { kind, namespace });
        allowed.set(key, (allowed.get(key) ?? new Set()).add(name || '*'));
      }
  return {
    allows(from, to) {
      const names = to.group === '' ? allowed.get(pairKey(from, to)) : undefined;
      return names !== undefined && (names.has('*') || names.has(to.name));
    },
  };
}
