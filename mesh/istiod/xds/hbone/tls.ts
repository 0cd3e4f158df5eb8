import type { JsonObject } from '../../../json.ts';
import { some, typed } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { ROOT_CERTIFICATES, sdsSecret, WORKLOAD_CERTIFICATE } from '../secrets.ts';

/** Both ends of a tunnel: TLS 1.3 with the workload's certificate (buildCommonConnectTLSContext in istio networking/core/listener_waypoint.go). */
export function connectTls({ mesh }: ProxyContext): JsonObject {
  const domains = [
    mesh.trustDomain,
    ...mesh.trustDomainAliases,
    ...(mesh.caCertificates ?? []).flatMap((c) => c.trustDomains ?? []),
  ];
  const names = [...new Set(domains.filter(Boolean))].map((d) => ({
    matcher: { prefix: `spiffe://${d}/` },
    sanType: 'URI',
  }));
  return {
    alpnProtocols: ['h2'],
    combinedValidationContext: {
      defaultValidationContext: { matchTypedSubjectAltNames: some(names) },
      validationContextSdsSecretConfig: sdsSecret(ROOT_CERTIFICATES),
    },
    tlsCertificateSdsSecretConfigs: [sdsSecret(WORKLOAD_CERTIFICATE)],
    tlsParams: { tlsMaximumProtocolVersion: 'TLSv1_3', tlsMinimumProtocolVersion: 'TLSv1_3' },
  };
}

export const tlsSocket = (direction: 'Downstream' | 'Upstream', fields: JsonObject): JsonObject => ({
  name: 'tls',
  typedConfig: typed(`envoy.extensions.transport_sockets.tls.v3.${direction}TlsContext`, fields),
});
