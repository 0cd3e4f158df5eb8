import { pemBlocks, sequence } from './der.ts';

/** Why a certificate and key do not make a pair, in the words of Go's tls.X509KeyPair; undefined when they do. */
export function keyPairError(certificate: string, key: string): string | undefined {
  const leaf = pemBlocks(certificate).find((b) => b.label === 'CERTIFICATE');
  if (!leaf) return 'tls: failed to find any PEM data in certificate input';
  const spki = publicKeyOf(leaf.der);
  if (!spki) return 'x509: malformed certificate';
  const own = pemBlocks(key).find((b) => b.label.endsWith('PRIVATE KEY'));
  if (!own) return 'tls: failed to find any PEM data in key input';
  const expected = publicPart(own.label, own.der);
  if (expected === 'malformed') return 'tls: failed to parse private key';
  return !expected || includes(spki, expected) ? undefined : 'tls: private key does not match public key';
}

/** Whether a bundle has a certificate that can be read. */
export const hasCertificate = (bundle: string): boolean =>
  pemBlocks(bundle).some((b) => b.label === 'CERTIFICATE' && publicKeyOf(b.der) !== undefined);

/** SubjectPublicKeyInfo of a certificate (RFC 5280, 4.1): the seventh field of its first part, or the sixth where the version is left out. */
function publicKeyOf(certificate: Uint8Array): Uint8Array | undefined {
  const [body] = sequence(certificate) ?? [];
  const fields = body && sequence(wrapped(body.content));
  const versioned = fields?.[0]?.tag === 0xa0;
  return fields?.[versioned ? 6 : 5]?.content;
}

/**
 * The part of a private key that its public key repeats: the modulus of RSA, the point of an elliptic curve. Undefined where the key
 * does not say it (Ed25519, keys without the optional point), so that nothing can be compared.
 */
function publicPart(label: string, der: Uint8Array): Uint8Array | 'malformed' | undefined {
  if (label === 'RSA PRIVATE KEY') return sequence(der)?.[1]?.content ?? 'malformed';
  if (label === 'EC PRIVATE KEY') return pointOf(der);
  const fields = sequence(der);
  const inner = fields?.[2]?.tag === 0x04 ? fields[2].content : undefined;
  if (!inner) return 'malformed';
  const parts = sequence(inner);
  if (!parts) return inner[0] === 0x04 ? undefined : 'malformed';
  return parts.length > 5 ? (parts[1]?.content ?? 'malformed') : pointOf(inner);
}

/** ECPrivateKey (RFC 5915): the public key is its field [1], a BIT STRING. */
function pointOf(der: Uint8Array): Uint8Array | 'malformed' | undefined {
  const fields = sequence(der);
  if (fields?.[1]?.tag !== 0x04) return 'malformed';
  return fields.find((f) => f.tag === 0xa1)?.content.subarray(3);
}

/** A SEQUENCE around content, because `sequence` reads one. */
function wrapped(content: Uint8Array): Uint8Array {
  const length = [24, 16, 8, 0].map((shift) => (content.length >>> shift) & 0xff);
  return Uint8Array.from([0x30, 0x84, ...length, ...content]);
}

function includes(all: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; at + part.length <= all.length; at++) if (part.every((byte, i) => all[at + i] === byte)) return true;
  return false;
}
