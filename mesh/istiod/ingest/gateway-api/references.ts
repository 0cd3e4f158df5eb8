import type { ObjectRef } from '../../model/kubernetes-gateway.ts';

export const GATEWAY_GROUP = 'gateway.networking.k8s.io';
export const ISTIO_GROUP = 'networking.istio.io';

/** A kind as references name it; the core group is empty. */
export interface GroupKind {
  group: string;
  kind: string;
}

export const groupKind = ({ group, kind }: ObjectRef, otherwise: GroupKind): GroupKind => ({
  group: group === 'core' ? '' : (group ?? otherwise.group),
  kind: kind ?? otherwise.kind,
});
export const isKind = (a: GroupKind, group: string, kind: string): boolean => a.group === group && a.kind === kind;

/** As istiod's messages write a reference (secretObjectReferenceString). */
export const referenceText = ({ group = '', kind = '', name = '', namespace = '' }: ObjectRef): string =>
  `${group}/${kind}/${name}.${namespace}`;
