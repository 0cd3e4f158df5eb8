import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findExecutable, run } from '../../host/exec.ts';
import { createCa, type IssuedCertificate } from './ca.ts';

/** Judges our certificates by two implementations that are not ours: Node's (OpenSSL's parser) and the openssl tool. */
const id = 'spiffe://cluster.local/ns/shop/sa/customers';
let issued: IssuedCertificate;
let root: string;
beforeAll(async () => {
  const ca = await createCa({ clock: Date, trustDomain: 'cluster.local' });
  issued = await ca.issue({ spiffeId: id });
  root = ca.rootCertificate;
});

describe('Node reads', () => {
  it('a P-256 leaf, signed by the root, whose key is the private key', () => {
    const leaf = new X509Certificate(issued.certificateChain);
    expect(leaf.verify(new X509Certificate(root).publicKey)).toBe(true);
    expect(leaf.checkIssued(new X509Certificate(root))).toBe(true);
    expect(leaf.checkPrivateKey(createPrivateKey(issued.privateKey))).toBe(true);
    expect(leaf.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  });

  it('one URI name, no subject, no CA', () => {
    const leaf = new X509Certificate(issued.certificateChain);
    expect(leaf.subjectAltName).toBe(`URI:${id}`);
    expect(leaf.subject ?? '').toBe('');
    expect(leaf.ca).toBe(false);
    expect(new X509Certificate(root).ca).toBe(true);
  });
});

describe('openssl', () => {
  it('verifies the chain strictly, for both sides, and prints the extensions as istiod writes them', async ({
    skip,
  }) => {
    const openssl = await findExecutable('openssl', process.env.PATH);
    if (!openssl) return skip('no openssl on PATH');
    const folder = await mkdtemp(join(tmpdir(), 'ml-test-'));
    try {
      const [leafFile, rootFile] = [join(folder, 'leaf.pem'), join(folder, 'root.pem')];
      await writeFile(leafFile, issued.certificateChain);
      await writeFile(rootFile, root);
      for (const purpose of ['sslclient', 'sslserver']) {
        const verify = ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', rootFile, leafFile];
        expect((await run(openssl, verify)).stdout).toBe(`${leafFile}: OK\n`);
      }
      const { stdout } = await run(openssl, ['x509', '-in', leafFile, '-noout', '-text']);
      for (const line of extensions) expect(stdout).toMatch(line);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** genCertTemplateFromCSR and BuildSANExtension of security/pkg/pki/util; Go marks usage and constraints critical. */
const extensions = [
  /X509v3 Key Usage: critical\s+Digital Signature, Key Encipherment\n/,
  /X509v3 Extended Key Usage: \s+TLS Web Server Authentication, TLS Web Client Authentication\n/,
  /X509v3 Basic Constraints: critical\s+CA:FALSE\n/,
  new RegExp(`X509v3 Subject Alternative Name: critical\\s+URI:${id}\n`),
];
