import type { JsonObject } from '../../json.ts';
import type { IssuedCertificate } from './ca.ts';
import type { Credential } from './credentials.ts';
import { textToBase64 } from './pem.ts';

/** The SDS names that istiod's clusters and listeners ask for (pkg/security/security.go). */
export const workloadSecret = 'default';
export const rootSecret = 'ROOTCA';

const typeUrl = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';
const inline = (pem: string): JsonObject => ({ inlineBytes: textToBase64(pem) });

/** Envoy's Secret with certificate and key, as toEnvoySecret writes it (security/pkg/nodeagent/sds/sdsservice.go). */
export const certificateSecret = (issued: IssuedCertificate): JsonObject => ({
  '@type': typeUrl,
  name: workloadSecret,
  tlsCertificate: { certificateChain: inline(issued.certificateChain), privateKey: inline(issued.privateKey) },
});

/** Envoy's Secret with the root that peers are verified by. */
export const validationSecret = (rootCertificate: string): JsonObject => ({
  '@type': typeUrl,
  name: rootSecret,
  validationContext: { trustedCa: inline(rootCertificate) },
});

/** Envoy's Secret under the name by which a credential was asked for (toEnvoyTLSSecret and toEnvoyCaSecret in istio pilot/pkg/xds/sds.go). */
export const credentialSecret = (name: string, credential: Credential): JsonObject => ({
  '@type': typeUrl,
  name,
  ...(credential.kind === 'roots'
    ? { validationContext: { trustedCa: inline(credential.bundle) } }
    : {
        tlsCertificate: { certificateChain: inline(credential.certificate), privateKey: inline(credential.key) },
      }),
});
