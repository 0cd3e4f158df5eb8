import type { JsonObject } from '../../json.ts';
import { some, typed } from './any.ts';
import type { ProxyContext } from './context.ts';
import { ROOT_CERTIFICATES, sdsSecret, WORKLOAD_CERTIFICATE } from './secrets.ts';

/** Ciphers that sidecars accept, unless meshMTLS says otherwise (istio pilot/pkg/security/authn/utils/utils.go). */
const ciphers = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
];

/** "istio" must not stand in the ALPN of HTTP chains: it would win over h2 (BuildInboundTLS). */
const alpn = { HTTP: ['h2', 'http/1.1'], TCP: ['istio-peer-exchange', 'h2', 'http/1.1'] };

/** Terminates Istio mTLS. Any workload identity of the mesh's trust domains may come in. */
export function inboundMtls({ mesh }: ProxyContext, protocol: 'HTTP' | 'TCP'): JsonObject {
  const domains = [
    mesh.trustDomain,
    ...mesh.trustDomainAliases,
    ...(mesh.caCertificates ?? []).flatMap((c) => c.trustDomains ?? []),
  ];
  const prefixes = [...new Set(domains.filter(Boolean))].map((d) => ({ prefix: `spiffe://${d}/` }));
  return {
    name: 'envoy.transport_sockets.tls',
    typedConfig: typed('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      commonTlsContext: {
        alpnProtocols: alpn[protocol],
        combinedValidationContext: {
          defaultValidationContext: { matchSubjectAltNames: some(prefixes) },
          validationContextSdsSecretConfig: sdsSecret(ROOT_CERTIFICATES),
        },
        tlsCertificateSdsSecretConfigs: [sdsSecret(WORKLOAD_CERTIFICATE)],
        tlsParams: {
          cipherSuites: some(mesh.meshMTLS?.cipherSuites ?? ciphers),
          tlsMaximumProtocolVersion: 'TLSv1_3',
          tlsMinimumProtocolVersion: mesh.meshMTLS?.minProtocolVersion === 'TLSV1_3' ? 'TLSv1_3' : 'TLSv1_2',
        },
      },
      requireClientCertificate: true,
    }),
  };
}
