import type { Issue } from '../../../mesh/envoy/mesh-sim.ts';
import { spiffeId } from '../../../mesh/istiod/spiffe.ts';

const day = 24 * 60 * 60 * 1000;
/** A workload certificate is valid from two minutes before it is issued (security/pkg/pki/util/generate_cert.go). */
const clockSkew = 2 * 60 * 1000;

/** The mesh's CA as facts: every proxy has the identity of its service account, and trusts the one root. */
export const meshIdentities =
  (trustDomain: string, now: number): Issue =>
  ({ node, name }) => {
    if (name === 'ROOTCA') return { roots: [trustDomain] };
    if (name !== 'default') return undefined;
    const { NAMESPACE: namespace, SERVICE_ACCOUNT: account } = node.metadata;
    const uri = spiffeId(trustDomain, String(namespace), String(account ?? 'default'));
    const fingerprint = hex(uri, 64);
    return {
      certificate: {
        issuer: trustDomain,
        subject: '',
        uriSans: [uri],
        dnsSans: [],
        fingerprint,
        serial: fingerprint.slice(0, 32),
        notBefore: now - clockSkew,
        notAfter: now + day,
      },
    };
  };

/** The roots of the operating system, under the name by which clusters ask for them: none has signed anything in a simulated world. */
export const systemRoots: Issue = ({ name }) => (name === 'file-root:system' ? { roots: [] } : undefined);

/** Some hexadecimal digits that follow from a text (FNV-1a, lengthened): no hash of a certificate, but as unique. */
export function hex(text: string, digits: number): string {
  let out = '';
  for (let part = 0; out.length < digits; part++) {
    let state = 0x811c9dc5 ^ part;
    for (const char of text) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193);
    out += (state >>> 0).toString(16).padStart(8, '0');
  }
  return out.slice(0, digits);
}
