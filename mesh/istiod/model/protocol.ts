/** Protocols of a port as istiod tells them apart; `Auto` means: look at the first bytes. */
export type Protocol =
  | 'HTTP'
  | 'HTTP_PROXY'
  | 'HTTP2'
  | 'GRPC'
  | 'GRPC-Web'
  | 'HTTPS'
  | 'TLS'
  | 'TCP'
  | 'Mongo'
  | 'Redis'
  | 'MySQL'
  | 'UDP'
  | 'Auto';

const byName: { [name: string]: Protocol } = {
  tcp: 'TCP',
  udp: 'UDP',
  grpc: 'GRPC',
  'grpc-web': 'GRPC-Web',
  http: 'HTTP',
  http_proxy: 'HTTP_PROXY',
  http2: 'HTTP2',
  https: 'HTTPS',
  tls: 'TLS',
  mongo: 'Mongo',
  redis: 'Redis',
  mysql: 'MySQL',
};

/** From a name as Istio objects write it, ignoring case; unknown names are sniffed. */
export const parseProtocol = (name: string | undefined): Protocol =>
  Object.hasOwn(byName, (name ?? '').toLowerCase()) ? (byName[(name ?? '').toLowerCase()] ?? 'Auto') : 'Auto';

/** Server-first protocols break under sniffing, so their ports are TCP unless said otherwise (SMTP, DNS, MySQL, MongoDB). */
const neverSniffed = new Set([25, 53, 3306, 27017]);
const kubernetesNames: { [name: string]: Protocol } = {
  'kubernetes.io/h2c': 'HTTP2',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'HTTPS',
};

/** Protocol of a Service port: appProtocol, else the prefix of its name (istio pkg/config/kube/conversion.go). */
export function servicePortProtocol(port: {
  port: number;
  name?: string;
  protocol?: string;
  appProtocol?: string;
}): Protocol {
  if (port.protocol === 'UDP') return 'UDP';
  const known = port.appProtocol === undefined ? undefined : kubernetesNames[port.appProtocol];
  if (known) return known;
  const name = (port.appProtocol ?? port.name ?? '').toLowerCase();
  if (name.startsWith('grpc-web')) return 'GRPC-Web';
  const protocol = parseProtocol(name.split('-')[0]);
  return protocol === 'Auto' && neverSniffed.has(port.port) ? 'TCP' : protocol;
}

export const isHttp2 = (p: Protocol): boolean => p === 'HTTP2' || isGrpc(p);
export const isGrpc = (p: Protocol): boolean => p === 'GRPC' || p === 'GRPC-Web';
export const isHttp = (p: Protocol): boolean => p === 'HTTP' || p === 'HTTP_PROXY' || isHttp2(p);
export const isTls = (p: Protocol): boolean => p === 'HTTPS' || p === 'TLS';
export const isTcp = (p: Protocol): boolean =>
  p === 'TCP' || p === 'Mongo' || p === 'Redis' || p === 'MySQL' || isTls(p);
export const isHttpOrSniffed = (p: Protocol): boolean => isHttp(p) || p === 'Auto';

/** How a listener treats a port. */
export type ListenerProtocol = 'HTTP' | 'TCP' | 'Auto' | 'none';
export const listenerProtocol = (p: Protocol): ListenerProtocol =>
  isHttp(p) ? 'HTTP' : isTcp(p) ? 'TCP' : p === 'UDP' ? 'none' : 'Auto';
