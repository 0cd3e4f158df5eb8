import type { Config } from './config.ts';
import { isHttp, parseProtocol } from './protocol.ts';
import { bool, list, map, num, obj, type Shape, str } from './shape.ts';

/** networking.istio.io/v1 Gateway: also the normal form that listeners of the Gateway API are turned into. */
const serverTls = obj({
  httpsRedirect: bool,
  mode: str,
  serverCertificate: str,
  privateKey: str,
  caCertificates: str,
  caCrl: str,
  tlsCertificates: list(obj({ serverCertificate: str, privateKey: str, caCertificates: str })),
  credentialName: str,
  credentialNames: list(str),
  caCertCredentialName: str,
  subjectAltNames: list(str),
  verifyCertificateSpki: list(str),
  verifyCertificateHash: list(str),
  minProtocolVersion: str,
  maxProtocolVersion: str,
  cipherSuites: list(str),
  ecdhCurves: list(str),
  insecureSkipVerify: bool,
});
export type ServerTls = Shape<typeof serverTls>;

const server = obj({
  port: obj({ number: num, protocol: str, name: str }),
  bind: str,
  hosts: list(str),
  tls: serverTls,
  name: str,
});
export type GatewayServer = Shape<typeof server>;

export const gateway = obj({ servers: list(server), selector: map(str) });
export type Gateway = Shape<typeof gateway>;

/** A listener of a Gateway or ListenerSet of the Gateway API, of which an Istio Gateway was made. */
export interface ListenerSource {
  /** Hosts of the Services whose workloads serve it. */
  services: readonly string[];
  /** Where those Services are: the namespace of the Gateway. */
  namespace: string;
  /** Istio deploys the workloads itself, so that nobody else's configuration may be mixed in. */
  managed: boolean;
}
export interface GatewayConfig extends Config<Gateway> {
  listener?: ListenerSource;
}

/** Modes of TLS; absent means PASSTHROUGH, also where only a redirect is asked for. */
export const tlsMode = (tls: ServerTls): string => tls.mode ?? 'PASSTHROUGH';

/** pkg/config/gateway/gateway.go in istio. */
export const isPassthrough = ({ tls }: GatewayServer): boolean =>
  tls !== undefined && (tlsMode(tls) === 'PASSTHROUGH' || tlsMode(tls) === 'AUTO_PASSTHROUGH');
export const protocolOf = ({ port }: GatewayServer) => parseProtocol(port?.protocol);
/** Not one that only redirects to TLS. */
export const isTlsServer = (s: GatewayServer): boolean => s.tls !== undefined && !isHttp(protocolOf(s));
/** Plain HTTP, or HTTPS that ends here. */
export const isHttpServer = (s: GatewayServer): boolean =>
  isHttp(protocolOf(s)) || (protocolOf(s) === 'HTTPS' && !isPassthrough(s));
export const endsHttps = (s: GatewayServer): boolean =>
  s.tls !== undefined && protocolOf(s) === 'HTTPS' && !isPassthrough(s);
