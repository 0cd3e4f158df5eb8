import type { ServerTls } from '../../model/gateway.ts';
import type { FrontendTls, KubernetesGateway, Listener, ObjectRef } from '../../model/kubernetes-gateway.ts';
import type { Labels } from '../../model/labels.ts';
import { isCipher } from '../../validate/server-tls.ts';
import { type ConfigError, joined } from './conditions.ts';
import { certificateRef, type Owner, rootsRef } from './credentials.ts';
import type { GatewayWorld } from './world.ts';

/** What a listener does with TLS, and what is wrong with that. */
export interface ListenerTls {
  tls?: ServerTls;
  error?: ConfigError | undefined;
}

/** buildTLS in istio pilot/pkg/config/kube/gateway/conversion.go. */
export function listenerTls(
  listener: Listener,
  of: { owner: Owner; gateway: KubernetesGateway; world: GatewayWorld },
): ListenerTls {
  const { tls: given } = listener;
  if (!given) return {};
  if (given.mode === 'Passthrough') {
    const mode = isAutoPassthrough(listener, of.owner.labels) ? 'AUTO_PASSTHROUGH' : 'PASSTHROUGH';
    return { tls: { mode, ...ciphers(given.options) } };
  }
  const asked = given.options?.['gateway.istio.io/tls-terminate-mode'];
  // The workload's own certificate of the mesh.
  if (asked === 'ISTIO_SIMPLE') return { tls: { mode: 'SIMPLE', credentialName: 'builtin://' } };
  if (asked === 'ISTIO_MUTUAL') return { tls: { mode: 'ISTIO_MUTUAL' } };
  const mode = asked === 'MUTUAL' || asked === 'OPTIONAL_MUTUAL' ? asked : 'SIMPLE';
  const found = serverCertificates(given.certificateRefs ?? [], of);
  if ('error' in found) return { tls: { mode }, error: found.error };
  const clients = clientRoots(frontendFor(of.gateway, listener.port), { ...of, mode, asked });
  if (clients.error) return { tls: { mode, ...found.tls }, error: clients.error };
  return { tls: { mode, ...found.tls, ...clients.tls, ...ciphers(given.options) } };
}

type Of = { owner: Owner; world: GatewayWorld };

/** One that is missing does not matter while there is another. */
function serverCertificates(
  refs: readonly ObjectRef[],
  of: Of,
): { tls: ServerTls } | { error: ConfigError | undefined } {
  if (refs.length > 2)
    return {
      error: { reason: 'InvalidCertificateRef', message: 'TLS mode can only support up to 2 server certificates' },
    };
  let error: ConfigError | undefined;
  const names = refs.map((ref) => {
    const found = certificateRef(ref, of);
    if (typeof found === 'string') return found;
    error = joined(error, found);
    return '';
  });
  const valid = names.filter(Boolean).length;
  if (valid === 0) return { error };
  // As istiod, with one of two missing the first is taken, even if it is that one.
  return { tls: valid === 1 ? { credentialName: names[0] } : { credentialNames: names } };
}

/** What the Gateway asks of clients of the port, else of all. */
const frontendFor = ({ tls }: KubernetesGateway, port: number | undefined): FrontendTls | undefined =>
  tls?.frontend?.perPort?.find((p) => p.port === port)?.tls ?? tls?.frontend?.default;

function clientRoots(
  frontend: FrontendTls | undefined,
  of: Of & { mode: string; asked: string | undefined },
): ListenerTls {
  const refs = frontend?.validation?.caCertificateRefs ?? [];
  const [ref] = refs;
  if (!ref) return {};
  if (refs.length > 1)
    return { error: { reason: 'InvalidCACertificateRef', message: 'only one caCertificateRef is supported' } };
  const found = rootsRef(ref, of);
  if (typeof found !== 'string') return { error: found };
  const lenient = frontend?.validation?.mode === 'AllowInsecureFallback' && of.mode === 'SIMPLE';
  const mode = of.mode !== 'SIMPLE' ? of.mode : lenient ? 'OPTIONAL_MUTUAL' : 'MUTUAL';
  return { tls: { mode, insecureSkipVerify: lenient, caCertCredentialName: found } };
}

function ciphers(options: Labels | undefined): ServerTls {
  const names = (options?.['gateway.istio.io/tls-cipher-suites'] ?? '').split(',').map((name) => name.trim());
  const known = [...new Set(names.filter((name) => name !== '' && isCipher(name)))];
  return known.length > 0 ? { cipherSuites: known } : {};
}

/** Between networks connections are passed on by server name (IsAutoPassthrough in istio serviceregistry/kube/conversion.go). */
function isAutoPassthrough({ tls, port }: Listener, labels: Labels): boolean {
  if (tls?.options?.['gateway.istio.io/listener-protocol'] === 'auto-passthrough') return true;
  if (labels['topology.istio.io/network'] === undefined) return false;
  return String(port) === (labels['networking.istio.io/gatewayPort'] ?? '15443');
}
