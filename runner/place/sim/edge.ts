import type { ClientTls } from '../../../mesh/envoy/mesh-sim.ts';
import { clientCertificate, trusted } from '../../../mesh/istiod/ca/credentials.ts';
import { outsideClient } from '../../../mesh/kube/outside.ts';
import type { Store } from '../../../mesh/kube/store.ts';
import type { Certificate } from '../../../mesh/world/connection.ts';
import { edgeTarget, secretOf } from '../edge.ts';
import type { TrafficPlan } from '../place.ts';
import { certificateFacts, rootNames } from './certificates.ts';
import type { Sender } from './traffic.ts';

/** A client outside of the mesh, which reaches Services through their load balancers. */
export function edgeSender(
  parts: { store: Store; dataplane: Sender['dataplane']; epoch: number },
  plan: TrafficPlan,
): Sender {
  const { store, dataplane } = parts;
  const target = edgeTarget(store, plan);
  const { service, namespace, port } = target;
  // Nothing has this address, so nothing listens there.
  const nowhere = '0.0.0.0';
  const found = store.get({ apiVersion: 'v1', kind: 'Service', namespace, name: service });
  return {
    dataplane,
    ip: outsideClient,
    namespace: '',
    to: { ip: String(found?.spec?.clusterIP ?? nowhere), port },
    tls: clientTls(parts, plan, target.serverName),
    refused: `connect ECONNREFUSED ${service}.${namespace}:${port}`,
  };
}

function clientTls(
  { store, epoch }: { store: Store; epoch: number },
  { request }: TrafficPlan,
  sni: string,
): ClientTls {
  const { insecure, ca, certificate } = request.tls ?? {};
  const own = certificate && clientCertificate(secretOf(store, certificate));
  const facts = own?.kind === 'certificate' ? certificateFacts(own.certificate, epoch) : undefined;
  const roots = ca ? rootNames(trusted(secretOf(store, ca)) ?? '') : [];
  return {
    sni,
    alpn: ['http/1.1'],
    ...(facts && { certificate: facts }),
    refuses: (server) => (insecure ? '' : refusal(server, { roots, sni })),
  };
}

/** In the words of Node, by which the client of the other places tells it. */
function refusal(server: Certificate | undefined, { roots, sni }: { roots: readonly string[]; sni: string }): string {
  if (!server) return 'ERR_SSL: no certificate';
  if (!roots.includes(server.issuer))
    return `${server.issuer} `.startsWith(`${server.subject} `)
      ? 'DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate'
      : 'UNABLE_TO_VERIFY_LEAF_SIGNATURE: unable to verify the first certificate';
  if (!server.dnsSans.some((name) => covers(name, sni)))
    return `ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match certificate's altnames: Host: ${sni}. is not in the cert's altnames: ${server.dnsSans.map((n) => `DNS:${n}`).join(', ')}`;
  return '';
}

/** A star stands for one label (RFC 6125, 6.4.3). */
const covers = (name: string, host: string): boolean =>
  name.toLowerCase() === host.toLowerCase() ||
  (name.startsWith('*.') && host.slice(host.indexOf('.')).toLowerCase() === name.slice(1).toLowerCase());
