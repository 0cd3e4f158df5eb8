import '../../mesh/istiod/ca/reflect.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { textToBase64, toPem } from '../../mesh/istiod/ca/pem.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const validity = { notBefore: new Date('2025-01-01'), notAfter: new Date('2099-01-01') };
const newKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

export interface Pair {
  certificate: string;
  key: string;
}

/** An authority of the world outside, as people make them with openssl. */
export interface Authority {
  certificate: string;
  /** For a host; valid from 2025 to 2099, or to another end. */
  issue(name: string, notAfter?: Date): Promise<Pair>;
}

export async function createAuthority(name: string): Promise<Authority> {
  const keys = await newKeys();
  const root = await X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${name}`, keys, signingAlgorithm: algorithm, ...validity },
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const by = { root, signingKey: keys.privateKey };
  return { certificate: root.toString('pem'), issue: (host, notAfter) => issue(host, by, notAfter) };
}

async function issue(
  host: string,
  by: { root: X509Certificate; signingKey: CryptoKey },
  notAfter = validity.notAfter,
): Promise<Pair> {
  const { publicKey, privateKey } = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    ...{ subject: `CN=${host}`, issuer: by.root.subject, publicKey, signingKey: by.signingKey, ...validity, notAfter },
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
      await AuthorityKeyIdentifierExtension.create(by.root.publicKey),
    ],
  });
  const key = toPem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', privateKey));
  return { certificate: certificate.toString('pem'), key };
}

/** A generic Secret of PEM texts by key. */
export const secret = (name: string, namespace: string, data: { [key: string]: string }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  ...{ data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, textToBase64(text)])) },
});
