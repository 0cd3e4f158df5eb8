import { isObject, type JsonObject } from '../../../json.ts';
import type { ClientTls } from '../../model/destination-rule.ts';
import type { Service } from '../../model/service.ts';
import { flag, some, text, typed } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { isAmbient } from '../hbone/ambient.ts';
import { applyHbone } from '../hbone/transport-sockets.ts';
import { CA_SUFFIX, credentialSecret, ROOT_CERTIFICATES, sdsSecret, WORKLOAD_CERTIFICATE } from '../secrets.ts';
import { type ClusterDraft, isHttp2Draft } from './draft.ts';

const rawBuffer: JsonObject = {
  name: 'envoy.transport_sockets.raw_buffer',
  typedConfig: typed('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'),
};

export interface TlsInput {
  service: Pick<Service, 'kind'>;
  tls: ClientTls | undefined;
  /** Identities that the server may have. */
  identities: readonly string[];
  /** Server name of mutual TLS between sidecars. */
  sni: string;
  /** What the server's PeerAuthentications are taken to ask for; undefined when unknown or off. */
  serverMtls: boolean;
  /** A rule for chosen workloads may use credentials of istiod. */
  ruleSelects: boolean;
}

/** How the client encrypts: as the rule says, else mutual TLS to endpoints that have a sidecar (buildUpstreamTLSSettings). */
export function applyTls(context: ProxyContext, draft: ClusterDraft, input: TlsInput & { service: Service }): void {
  const automatic =
    !input.tls && !input.service.meshExternal && context.mesh.enableAutoMtls && input.serverMtls && 'automatic';
  applySocket(context, draft, { ...input, automatic: automatic === 'automatic' });
  if (isAmbient(context.mesh)) applyHbone(draft, automatic || input.tls);
}

function applySocket(context: ProxyContext, draft: ClusterDraft, input: TlsInput & { automatic: boolean }): void {
  const { tls, automatic } = input;
  if (!tls && !automatic) return;
  const socket = automatic || tls?.mode === 'ISTIO_MUTUAL' ? istioMutual(draft, input) : ownTls(context, draft, input);
  if (!socket) return;
  if (!automatic || draft.type === 'ORIGINAL_DST') {
    draft.transportSocket = socket;
    return;
  }
  // Each endpoint's metadata says whether it has a sidecar.
  draft.transportSocketMatches = [
    { match: { tlsMode: 'istio' }, name: 'tlsMode-istio', transportSocket: socket },
    { match: {}, name: 'tlsMode-disabled', transportSocket: rawBuffer },
  ];
}

/** TLS to hosts that nobody defined: as the mesh's outboundTrafficPolicy says. */
export function applyUnknownTls(context: ProxyContext, draft: ClusterDraft, tls: ClientTls): void {
  const input = { service: nobody, tls, identities: [], sni: '', serverMtls: false, ruleSelects: false };
  applySocket(context, draft, { ...input, automatic: false });
}

const nobody = { kind: 'Service' } as const;

const tlsSocket = (common: JsonObject, sni: string | undefined): JsonObject => ({
  name: 'envoy.transport_sockets.tls',
  typedConfig: typed('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
    commonTlsContext: common,
    sni: text(sni),
  }),
});
const exact = (names: readonly string[] | undefined) => some(names?.map((name) => ({ exact: name })));
const versions: JsonObject = { tlsMaximumProtocolVersion: 'TLSv1_3', tlsMinimumProtocolVersion: 'TLSv1_2' };

/** Mutual TLS with the workload's own certificate. */
function istioMutual(draft: ClusterDraft, { tls, identities, sni }: TlsInput): JsonObject {
  const names = tls?.subjectAltNames ?? identities;
  if (draft.type === 'DYNAMIC' && tls) automaticNames(draft, tls);
  return tlsSocket(
    {
      alpnProtocols: ['istio-peer-exchange', 'istio', ...(isHttp2Draft(draft) ? ['h2'] : [])],
      combinedValidationContext: {
        defaultValidationContext: { matchSubjectAltNames: exact(names) },
        validationContextSdsSecretConfig: sdsSecret(ROOT_CERTIFICATES),
      },
      tlsCertificateSdsSecretConfigs: [sdsSecret(WORKLOAD_CERTIFICATE)],
      tlsParams: versions,
    },
    tls?.sni || sni || (draft.type === 'DYNAMIC' ? undefined : draft.name),
  );
}

/** SIMPLE and MUTUAL: TLS to servers outside of the mesh, or with certificates of the user's own. */
function ownTls(context: ProxyContext, draft: ClusterDraft, input: TlsInput): JsonObject | undefined {
  const { tls } = input;
  if (!tls || (tls.mode !== 'SIMPLE' && tls.mode !== 'MUTUAL')) return undefined;
  const secret = tls.credentialName ?? '';
  // Sidecars in general have no right to read the secret; a rule for chosen workloads is taken as the permission.
  const mayRead = context.proxy.type !== 'sidecar' || secret.startsWith('configmap://') || input.ruleSelects;
  if (secret && !mayRead) return undefined;
  const own = input.service.kind === 'ServiceEntry' && !tls.subjectAltNames?.length;
  const names = own ? input.identities : (tls.subjectAltNames ?? []);
  if (!secret && tls.mode === 'MUTUAL' && (!tls.clientCertificate || !tls.privateKey)) {
    context.problems.push({
      what: `${draft.name}: MUTUAL TLS needs clientCertificate and privateKey; no TLS is configured`,
      fix: 'set both, or credentialName',
    });
    return undefined;
  }
  automaticNames(draft, tls);
  const defaults = context.mesh.tlsDefaults;
  return tlsSocket(
    {
      alpnProtocols: isHttp2Draft(draft) ? ['h2'] : undefined,
      ...(secret ? fromCredential(tls, names) : fromFiles(tls, names)),
      tlsParams: { ...versions, cipherSuites: some(defaults?.cipherSuites), ecdhCurves: some(defaults?.ecdhCurves) },
    },
    tls.sni,
  );
}

/** Without a server name of its own the request's host is used, and the certificate must have it. */
function automaticNames(draft: ClusterDraft, tls: ClientTls): void {
  const dynamic = draft.type === 'DYNAMIC';
  const validate = !tls.insecureSkipVerify && (dynamic || (!tls.sni && !tls.subjectAltNames?.length));
  if (!tls.sni || validate)
    draft.http = { ...draft.http, upstream: { autoSanValidation: flag(validate), autoSni: flag(!tls.sni) } };
  const type = draft.fields.clusterType;
  // Envoy wants to be told that names are not checked where it looks them up.
  if (dynamic && isObject(type) && isObject(type.typedConfig) && (tls.sni || !validate))
    draft.fields.clusterType = { ...type, typedConfig: { ...type.typedConfig, allowInsecureClusterOptions: true } };
}

function fromCredential(tls: ClientTls, names: readonly string[]): JsonObject {
  const credential = tls.credentialName ?? '';
  return {
    combinedValidationContext: tls.insecureSkipVerify
      ? undefined
      : {
          defaultValidationContext: { matchSubjectAltNames: exact(names) },
          validationContextSdsSecretConfig: credentialSecret(`${credential}${CA_SUFFIX}`),
        },
    tlsCertificateSdsSecretConfigs: tls.mode === 'MUTUAL' ? [credentialSecret(credential)] : undefined,
  };
}

/** Files of the pod come over SDS as well, because then they can rotate. */
function fromFiles(tls: ClientTls, names: readonly string[]): JsonObject {
  const roots = tls.caCertificates || 'system';
  const validation = {
    defaultValidationContext: {
      crl: tls.caCrl ? { filename: tls.caCrl } : undefined,
      matchSubjectAltNames: exact(names),
    },
    validationContextSdsSecretConfig: sdsSecret(`file-root:${roots}`),
  };
  return {
    ...(tls.insecureSkipVerify ? { validationContext: {} } : { combinedValidationContext: validation }),
    tlsCertificateSdsSecretConfigs:
      tls.mode === 'MUTUAL' ? [sdsSecret(`file-cert:${tls.clientCertificate}~${tls.privateKey}`)] : undefined,
  };
}

/** Wraps what is there in a PROXY protocol header (applyUpstreamProxyProtocol). */
export function applyProxyProtocol(draft: ClusterDraft, settings: { version?: string } | undefined): void {
  if (!settings) return;
  const wrap = (inner: JsonObject): JsonObject => ({
    name: 'envoy.transport_sockets.upstream_proxy_protocol',
    typedConfig: typed('envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport', {
      config: { version: settings.version === 'V2' ? 'V2' : undefined },
      transportSocket: inner,
    }),
  });
  if (draft.transportSocketMatches)
    for (const match of draft.transportSocketMatches) match.transportSocket = wrap(match.transportSocket as JsonObject);
  // Here istiod calls the plain socket by its short name (RawBufferTransport in istio networking/util/internal_upstream.go).
  else draft.transportSocket = wrap(draft.transportSocket ?? { ...rawBuffer, name: 'raw_buffer' });
}
