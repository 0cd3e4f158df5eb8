import './reflect.ts';
import { X509Certificate } from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { spiffeId } from '../spiffe.ts';
import { createCa } from './ca.ts';

const day = 24 * 60 * 60 * 1000;
const start = Date.parse('2026-03-01T12:00:00Z');
const fixed = { now: () => start };
const customers = spiffeId('cluster.local', 'shop', 'customers');
const split = (chain: string) => chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];

describe('the root', async () => {
  const ca = await createCa({ clock: fixed, trustDomain: 'example.org' });
  const root = new X509Certificate(ca.rootCertificate);

  it('is self-signed by the trust domain for ten years', async () => {
    expect(root.subject).toBe('O=example.org');
    expect(await root.isSelfSigned()).toBe(true);
    expect(root.notAfter.getTime() - root.notBefore.getTime()).toBe(3650 * day);
  });

  it('is another one in every mesh', async () => {
    const other = await createCa({ clock: fixed, trustDomain: 'example.org' });
    const leaf = await other.issue({ spiffeId: customers });
    expect(await new X509Certificate(leaf.certificateChain).verify({ publicKey: root.publicKey })).toBe(false);
  });
});

describe('issue', async () => {
  const ca = await createCa({ clock: fixed, trustDomain: 'cluster.local' });

  it('returns the leaf, then the root', async () => {
    const issued = await ca.issue({ spiffeId: customers });
    const [leaf, root, ...more] = split(issued.certificateChain);
    expect(more).toEqual([]);
    expect(root).toBe(ca.rootCertificate);
    const rootKey = new X509Certificate(ca.rootCertificate).publicKey;
    expect(await new X509Certificate(leaf ?? '').verify({ publicKey: rootKey, signatureOnly: true })).toBe(true);
  });

  it('reports the times and the serial that the certificate carries', async () => {
    const issued = await ca.issue({ spiffeId: customers });
    const leaf = new X509Certificate(issued.certificateChain);
    expect(issued).toMatchObject({ createdAt: start, notBefore: start - 120_000, notAfter: start + day });
    expect(leaf.notBefore.getTime()).toBe(issued.notBefore);
    expect(leaf.notAfter.getTime()).toBe(issued.notAfter);
    expect(leaf.serialNumber).toBe(issued.serial);
  });

  it('makes a new key and serial each time', async () => {
    const [a, b] = await Promise.all([ca.issue({ spiffeId: customers }), ca.issue({ spiffeId: customers })]);
    expect(a.privateKey).not.toBe(b.privateKey);
    expect(a.serial).not.toBe(b.serial);
  });

  it('never outlives the root, and ends with it', async () => {
    let now = start;
    const ageing = await createCa({ clock: { now: () => now }, trustDomain: 'cluster.local' });
    now = start + 3650 * day - 1000;
    expect((await ageing.issue({ spiffeId: customers })).notAfter).toBe(start + 3650 * day);
    now += 1000;
    await expect(ageing.issue({ spiffeId: customers })).rejects.toThrow('root certificate has expired');
  });
});
