/** Names of clusters, as istiod gives them: `outbound|80|v1|customers.shop.svc.cluster.local`. */
export const outboundKey = (port: number, subset: string, host: string): string => `outbound|${port}|${subset}|${host}`;
export const inboundKey = (port: number): string => `inbound|${port}||`;
/** The form used as server name of Istio mTLS: `outbound_.80_.v1_.customers.shop.svc.cluster.local`. */
export const sniKey = (port: number, subset: string, host: string): string => `outbound_.${port}_.${subset}_.${host}`;

const sniPattern = /^outbound_\.(\d+)_\.(.*?)_\.(.+)$/;
/** Whether the cluster is one of a gateway that passes mutual TLS on. */
export const isSniKey = (name: string): boolean => sniPattern.test(name);

/** The parts of an outbound cluster's name, in either form; undefined for other names. */
export function parseSubsetKey(name: string): { port: number; subset: string; host: string } | undefined {
  const [, sniPort, sniSubset = '', sniHost] = sniPattern.exec(name) ?? [];
  if (sniHost !== undefined) return { port: Number(sniPort), subset: sniSubset, host: sniHost };
  const [direction, port, subset, host, rest] = name.split('|');
  if (direction === undefined || port === undefined || subset === undefined || host === undefined) return undefined;
  return rest === undefined ? { port: Number(port), subset, host } : undefined;
}
