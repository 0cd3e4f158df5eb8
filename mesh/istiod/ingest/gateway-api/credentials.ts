import type { ObjectRef } from '../../model/kubernetes-gateway.ts';
import type { Labels } from '../../model/labels.ts';
import type { ConfigError } from './conditions.ts';
import { hasCertificate, keyPairError } from './key-pair.ts';
import { groupKind, isKind, referenceText } from './references.ts';
import { certificateIn, rootsIn } from './secrets.ts';
import type { GatewayWorld } from './world.ts';

/** Who refers to a certificate: a Gateway or a ListenerSet. */
export interface Owner {
  kind: 'Gateway' | 'ListenerSet';
  namespace: string;
  labels: Labels;
}
interface Of {
  owner: Owner;
  world: GatewayWorld;
}

const core = { group: '', kind: 'Secret' };

/** The name under which istiod serves the certificate, or what is wrong with it (buildSecretReference). */
export function certificateRef(ref: ObjectRef, of: Of, reason = 'InvalidCertificateRef'): string | ConfigError {
  const { name = '', namespace = of.owner.namespace } = ref;
  // Permission first: a status must not tell whether there is something that may not be asked for (CWE-203).
  if (!permitted(of, { kind: 'Secret', namespace, name })) return refused('certificateRef', `${name}/${namespace}`, of);
  return checkedPair(ref, of, reason) ?? `kubernetes-gateway://${namespace}/${name}`;
}

/** Why the Secret cannot be used as a certificate with key. */
export function checkedPair(ref: ObjectRef, { owner, world }: Of, reason: string): ConfigError | undefined {
  const what = reason === 'InvalidClientCertificateRef' ? 'clientCertificateRef' : 'certificate reference';
  const text = referenceText({ ...ref, ...groupKind(ref, core) });
  const invalid = (why: string): ConfigError => ({ reason, message: `invalid ${what} ${text}, ${why}` });
  if (!isKind(groupKind(ref, core), '', 'Secret')) return invalid('only secret is allowed');
  const key = `${ref.namespace ?? owner.namespace}/${ref.name ?? ''}`;
  const data = world.secrets.get(key);
  if (!data) return invalid(`secret ${key} not found`);
  const found = certificateIn(data);
  if (typeof found === 'string') return invalid(found);
  const bad = keyPairError(found.certificate, found.key);
  return bad === undefined ? undefined : invalid(`the certificate is malformed: ${bad}`);
}

/** The name under which istiod serves authorities of clients, or what is wrong with them (buildCaCertificateReference). */
export function rootsRef(ref: ObjectRef, of: Of): string | ConfigError {
  const { name = '', namespace = of.owner.namespace } = ref;
  const kind = groupKind(ref, { group: '', kind: '' });
  const secret = isKind(kind, '', 'Secret');
  // As istiod asks: for the name that its suffix gives.
  const target = { kind: secret ? 'Secret' : 'ConfigMap', namespace, name: `${name}-cacert` };
  if (!permitted(of, target)) return refused('caCertificateRef', `${namespace}/${name}`, of);
  const invalid = (why: string, reason = 'InvalidCACertificateRef'): ConfigError => ({
    reason,
    message: `invalid CA certificate reference ${referenceText(ref)}, ${why}`,
  });
  if (!secret && !isKind(kind, '', 'ConfigMap'))
    return invalid('only secret and configmap are allowed', 'InvalidCACertificateKind');
  const key = `${namespace}/${name}`;
  const data = (secret ? of.world.secrets : of.world.configMaps).get(key);
  if (!data) return invalid(`${secret ? 'secret' : 'configmap'} ${key} not found`);
  const found = rootsIn(data);
  if (typeof found === 'string') return invalid(found);
  if (!hasCertificate(found.bundle)) return invalid('the bundle is malformed');
  return `${secret ? 'kubernetes-gateway' : 'configmap'}://${namespace}/${name}-cacert`;
}

const permitted = ({ owner, world }: Of, to: { kind: string; namespace: string; name: string }): boolean =>
  to.namespace === owner.namespace || world.grants.allows(owner, { group: '', ...to });

const refused = (what: string, name: string, { owner }: Of): ConfigError => ({
  reason: 'RefNotPermitted',
  message: `${what} ${name} not accessible to a Gateway in namespace "${owner.namespace}" (missing a ReferenceGrant?)`,
});
