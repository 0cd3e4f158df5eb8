import '../../../mesh/istiod/ca/reflect.ts';
import {
  AuthorityKeyIdentifierExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
} from '@peculiar/x509';
import type { Issue, Secret } from '../../../mesh/envoy/mesh-sim.ts';
import { credential } from '../../../mesh/istiod/ca/credentials.ts';
import type { Store } from '../../../mesh/kube/store.ts';
import type { Certificate } from '../../../mesh/world/connection.ts';
import { hex } from './identities.ts';

/** What a Secret or ConfigMap that a Gateway names says, as facts. `epoch`: when virtual time begins, milliseconds. */
export function secretFacts(store: Store, { node, name }: Parameters<Issue>[0], epoch: number): Secret | undefined {
  const found = credential(store, name, String(node.metadata.NAMESPACE ?? ''));
  if (!found) return undefined;
  if (found.kind === 'roots') return { roots: rootNames(found.bundle) };
  const certificate = certificateFacts(found.certificate, epoch);
  return certificate && { certificate };
}

/** The first certificate of a chain; its issuer is that of the chain. Undefined for a text that holds none. */
export function certificateFacts(pem: string, epoch: number): Certificate | undefined {
  const [leaf, ...above] = certificatesIn(pem);
  if (!leaf) return undefined;
  let top = leaf;
  for (const next of above) if (next.subject === top.issuer && top.subject !== top.issuer) top = next;
  const names = leaf.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  const ofType = (type: string) => names.filter((n) => n.type === type).map((n) => n.value);
  const authority = top.getExtension(AuthorityKeyIdentifierExtension)?.keyId;
  return {
    issuer: named(top.issuer, authority),
    subject: leaf.subject,
    uriSans: ofType('url'),
    dnsSans: ofType('dns'),
    fingerprint: hex(pem, 64),
    serial: leaf.serialNumber,
    // Virtual time begins on the same day in each run: what was made since then is valid from its first moment.
    notBefore: Math.min(leaf.notBefore.getTime(), epoch),
    notAfter: leaf.notAfter.getTime(),
  };
}

/** Names under which the authorities of a bundle are trusted: no signature is computed here, a key identifier stands for it. */
export const rootNames = (bundle: string): string[] =>
  certificatesIn(bundle).flatMap((root) => {
    const key = root.getExtension(SubjectKeyIdentifierExtension)?.keyId;
    return key === undefined ? [root.subject] : [root.subject, named(root.subject, key)];
  });

const named = (subject: string, key: string | undefined): string => (key === undefined ? subject : `${subject} ${key}`);

function certificatesIn(pem: string): X509Certificate[] {
  try {
    return PemConverter.decodeWithHeaders(pem)
      .filter(({ type }) => type === 'CERTIFICATE')
      .map(({ rawData }) => new X509Certificate(rawData));
  } catch {
    // As a secret that Envoy refuses: there is none.
    return [];
  }
}
