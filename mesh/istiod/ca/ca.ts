import './reflect.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { type Problem, ProblemError } from '../../problem.ts';
import { toPem } from './pem.ts';

/** The part of the world's Clock that issuing needs: milliseconds since the epoch. */
export interface Now {
  now(): number;
}

/** What a proxy gets: times are milliseconds since the epoch. */
export interface IssuedCertificate {
  spiffeId: string;
  /** PEM: the leaf, then the root, as istio-agent hands it to Envoy (security/pkg/server/ca/server.go CreateCertificate). */
  certificateChain: string;
  /** PEM, PKCS #8. */
  privateKey: string;
  /** When it was issued; the start of the life that rotation is reckoned from. */
  createdAt: number;
  /** Two minutes before `createdAt`. */
  notBefore: number;
  notAfter: number;
  /** Hexadecimal, as openssl prints it. */
  serial: string;
}

export interface Ca {
  readonly trustDomain: string;
  /** PEM of the self-signed root. */
  readonly rootCertificate: string;
  /** A fresh key and a certificate for one SPIFFE ID; `ttlMs` counts from now (default 24 h, cut at the root's end). */
  issue(request: { spiffeId: string; ttlMs?: number }): Promise<IssuedCertificate>;
}

const day = 24 * 60 * 60 * 1000;
/** DefaultSelfSignedCACertTTL and DefaultWorkloadCertTTL, security/pkg/cmd. */
const rootTtl = 3650 * day;
const leafTtl = day;
/** ClockSkewGracePeriod, security/pkg/pki/util/generate_cert.go. */
const clockSkew = 2 * 60 * 1000;
const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A CA with a new self-signed root, kept in memory only: every mesh has its own. */
export async function createCa({ clock, trustDomain }: { clock: Now; trustDomain: string }): Promise<Ca> {
  const keys = await newKeys();
  const root = await selfSigned(keys, clock.now(), trustDomain);
  const rootCertificate = toPem('CERTIFICATE', root.rawData);
  const signer: Signer = {
    root,
    keys,
    rootCertificate,
    identifier: await AuthorityKeyIdentifierExtension.create(root),
  };
  return {
    trustDomain,
    rootCertificate,
    issue: (request) => issue(signer, clock.now(), request),
  };
}

interface Signer {
  root: X509Certificate;
  keys: CryptoKeyPair;
  rootCertificate: string;
  identifier: AuthorityKeyIdentifierExtension;
}

/** Subject `O=<trust domain>` and keyUsage certSign only, as in genCertTemplateFromOptions. */
async function selfSigned(keys: CryptoKeyPair, now: number, trustDomain: string): Promise<X509Certificate> {
  return X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ O: [trustDomain] }],
    notBefore: new Date(now),
    notAfter: new Date(now + rootTtl),
    keys,
    signingAlgorithm: p256,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      new BasicConstraintsExtension(true, undefined, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
}

/** Usages, empty subject and the critical SAN follow genCertTemplateFromCSR and BuildSANExtension. */
async function issue(signer: Signer, now: number, request: { spiffeId: string; ttlMs?: number }) {
  const rootEnd = signer.root.notAfter.getTime();
  if (now >= rootEnd) throw new ProblemError(expired(signer.root));
  const keys = await newKeys();
  const notAfter = Math.min(now + (request.ttlMs ?? leafTtl), rootEnd);
  const leaf = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [],
    issuer: signer.root.subjectName,
    notBefore: new Date(now - clockSkew),
    notAfter: new Date(notAfter),
    publicKey: keys.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: p256,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new BasicConstraintsExtension(false, undefined, true),
      signer.identifier,
      new SubjectAlternativeNameExtension([{ type: 'url', value: request.spiffeId }], true),
    ],
  });
  return {
    spiffeId: request.spiffeId,
    certificateChain: toPem('CERTIFICATE', leaf.rawData) + signer.rootCertificate,
    privateKey: toPem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', keys.privateKey)),
    createdAt: now,
    notBefore: leaf.notBefore.getTime(),
    notAfter: leaf.notAfter.getTime(),
    serial: leaf.serialNumber,
  };
}

const expired = (root: X509Certificate): Problem => ({
  what: `the mesh's root certificate has expired at ${root.notAfter.toISOString()}`,
  fix: 'start the mesh anew; every mesh makes a new root for ten years',
});

async function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
}

/** 128 random bits with the top bit clear, so that DER needs no sign byte. */
function newSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
