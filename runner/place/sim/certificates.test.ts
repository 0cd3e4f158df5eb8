import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../../test/support/authority.ts';
import { certificateFacts, rootNames } from './certificates.ts';

const epoch = Date.UTC(2026, 0, 1);
const [ours, sameName] = await Promise.all([createAuthority('root'), createAuthority('root')]);
const leaf = await ours.issue('a.example');

describe('a certificate as facts', () => {
  it('says who it is for and how long', () => {
    expect(certificateFacts(leaf.certificate, epoch)).toMatchObject({
      subject: 'CN=a.example',
      dnsSans: ['a.example'],
      uriSans: [],
      notBefore: Date.UTC(2025, 0, 1),
      notAfter: Date.UTC(2099, 0, 1),
    });
  });

  it('made after virtual time began is valid from its first moment', () => {
    expect(certificateFacts(leaf.certificate, Date.UTC(2020, 0, 1))?.notBefore).toBe(Date.UTC(2020, 0, 1));
  });

  it.each([
    ['its own authority', ours.certificate, true],
    ['another one of the same name', sameName.certificate, false],
    ['a bundle with both', sameName.certificate + ours.certificate, true],
    ['no authority', 'no PEM', false],
  ])('is trusted with %s: %j', (_, bundle, trusted) => {
    expect(rootNames(bundle).includes(certificateFacts(leaf.certificate, epoch)?.issuer ?? '')).toBe(trusted);
  });

  it('is none where there is no PEM', () => {
    expect(certificateFacts('no PEM', epoch)).toBeUndefined();
    expect(certificateFacts('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', epoch)).toBeUndefined();
  });
});
