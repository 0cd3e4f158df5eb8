import type { JsonObject } from '../../../json.ts';
import { type GatewayServer, protocolOf, type ServerTls, tlsMode } from '../../model/gateway.ts';
import { isHttp } from '../../model/protocol.ts';
import { isCipher } from '../../validate/server-tls.ts';
import { some, typed } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { CA_SUFFIX, credentialSecret, ROOT_CERTIFICATES, sdsSecret, WORKLOAD_CERTIFICATE } from '../secrets.ts';

/** TLS that ends at the gateway (BuildListenerTLSContext in istio pilot/pkg/networking/core/listener.go). */
export function gatewayTls(context: ProxyContext, server: GatewayServer): JsonObject | undefined {
  const { tls } = server;
  if (!tls) return undefined;
  const mode = tlsMode(tls);
  const required = mode === 'MUTUAL' || mode === 'ISTIO_MUTUAL';
  const protocol = protocolOf(server);
  // Only connections that are not HTTP may tell of their peer by themselves.
  const exchanges = mode === 'ISTIO_MUTUAL' && !isHttp(protocol) && protocol !== 'HTTPS';
  return {
    name: 'envoy.transport_sockets.tls',
    typedConfig: typed('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      commonTlsContext: {
        alpnProtocols: exchanges ? ['istio-peer-exchange', 'h2', 'http/1.1'] : ['h2', 'http/1.1'],
        ...certificates(tls, required || mode === 'OPTIONAL_MUTUAL'),
        tlsParams: mode === 'ISTIO_MUTUAL' ? undefined : parameters(context, tls),
      },
      requireClientCertificate: required,
    }),
  };
}

function certificates(tls: ServerTls, validates: boolean): JsonObject {
  if (tlsMode(tls) === 'ISTIO_MUTUAL') return fromFiles(tls, {}, validates);
  if (tls.credentialName || tls.credentialNames?.length) return fromCredential(tls, validates);
  return fromFiles(tls, tls, validates);
}

/** Secrets that istiod serves (ApplyCredentialSDSToServerCommonTLSContext in istio pilot/pkg/security/model). */
function fromCredential(tls: ServerTls, validates: boolean): JsonObject {
  const names = tls.credentialNames?.length ? tls.credentialNames : [tls.credentialName ?? ''];
  const authority = tls.caCertCredentialName || `${names[0]}${CA_SUFFIX}`;
  const expected = some(tls.subjectAltNames?.map((exact) => ({ exact })));
  return {
    tlsCertificateSdsSecretConfigs: names.map(credentialSecret),
    combinedValidationContext: validates
      ? {
          defaultValidationContext: {
            matchSubjectAltNames: expected,
            verifyCertificateSpki: some(tls.verifyCertificateSpki),
            verifyCertificateHash: some(tls.verifyCertificateHash),
            ...unverified(tls),
          },
          validationContextSdsSecretConfig: credentialSecret(authority),
        }
      : undefined,
    validationContext: !validates && expected ? { matchSubjectAltNames: expected } : undefined,
  };
}

/** Files of the pod, which its agent serves; without any the workload's own certificate (ApplyToCommonTLSContext). */
function fromFiles(tls: ServerTls, files: ServerTls, validates: boolean): JsonObject {
  const pairs = files.tlsCertificates?.length ? files.tlsCertificates : [files];
  return {
    tlsCertificateSdsSecretConfigs: pairs.map(({ serverCertificate, privateKey }) =>
      sdsSecret(
        serverCertificate && privateKey ? `file-cert:${serverCertificate}~${privateKey}` : WORKLOAD_CERTIFICATE,
      ),
    ),
    combinedValidationContext: validates
      ? {
          defaultValidationContext: {
            matchSubjectAltNames: some(tls.subjectAltNames?.map((exact) => ({ exact }))),
            crl: tls.caCrl ? { filename: tls.caCrl } : undefined,
            ...unverified(tls),
          },
          validationContextSdsSecretConfig: sdsSecret(
            files.caCertificates ? `file-root:${files.caCertificates}` : ROOT_CERTIFICATES,
          ),
        }
      : undefined,
  };
}

const unverified = (tls: ServerTls): JsonObject =>
  tls.insecureSkipVerify ? { trustChainVerification: 'ACCEPT_UNTRUSTED' } : {};

const versions: { [name: string]: string } = {
  TLSV1_0: 'TLSv1_0',
  TLSV1_1: 'TLSv1_1',
  TLSV1_2: 'TLSv1_2',
  TLSV1_3: 'TLSv1_3',
};

/** The server's own settings over those of the mesh (applyDownstreamTLSDefaults, applyServerTLSSettings). */
function parameters({ mesh }: ProxyContext, tls: ServerTls): JsonObject | undefined {
  const defaults = mesh.tlsDefaults;
  const least = defaults?.minProtocolVersion;
  const meshLeast = least && least !== 'TLS_AUTO' ? (least === 'TLSV1_3' ? 'TLSv1_3' : 'TLSv1_2') : undefined;
  const suites = [...new Set((tls.cipherSuites ?? []).filter(isCipher))];
  const out: JsonObject = {
    cipherSuites: some(suites) ?? some(defaults?.cipherSuites),
    ecdhCurves: some(tls.ecdhCurves) ?? some(defaults?.ecdhCurves),
    tlsMinimumProtocolVersion: versions[tls.minProtocolVersion ?? ''] ?? meshLeast,
    tlsMaximumProtocolVersion: versions[tls.maxProtocolVersion ?? ''],
  };
  return Object.values(out).some((v) => v !== undefined) ? out : undefined;
}
