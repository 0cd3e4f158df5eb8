import { isIp } from '../../model/host.ts';
import { type Service, UNSPECIFIED } from '../../model/service.ts';

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
export const domainName = (host: string, port: number): string => `${bracketed(host)}:${port}`;

/** `host`, and `host:port` unless `port` is 0: sidecars ignore the port of a request's host. */
const withPort = (host: string, port: number): string[] =>
  port === 0 ? [bracketed(host)] : [bracketed(host), domainName(host, port)];

/**
 * Other names by which a request may call `host` from within `proxyDomain` (`shop.svc.cluster.local`): `customers`,
 * `customers.shop`, … (GenerateAltVirtualHosts in istio pilot/pkg/networking/core/httproute.go).
 */
export function alternateHosts(host: string, port: number, proxyDomain: string): string[] {
  const absolute = [...(isIp(host) ? [] : [`${host}.`]), ...(port === 0 ? [] : [domainName(`${host}.`, port)])];
  const [namespace = ''] = proxyDomain.split('.svc.');
  const cut = host.indexOf('.svc.');
  // Only names of this cluster are shortened: a short form of others could be the name of a Service.
  if (!host.endsWith(proxyDomain.slice(namespace.length)) || cut <= 0) return absolute;
  const qualified = host.slice(0, cut);
  const dot = host.indexOf('.');
  if (dot + 1 > cut) return absolute;
  const short =
    qualified.slice(dot + 1) === namespace
      ? [host.slice(0, dot), `${qualified}.svc`, qualified]
      : [qualified, `${qualified}.svc`];
  return [...absolute, ...short.flatMap((h) => withPort(h, port))];
}

export interface ServiceDomains {
  domains: string[];
  /** Those that are short forms; a full name of another service goes before them. */
  alternates: Set<string>;
}

/** All names and addresses of a service (generateVirtualHostDomains). */
export function serviceDomains(service: Service, port: number, proxyDomain: string): ServiceDomains {
  const alternates = new Set<string>();
  const domains: string[] = [];
  for (const host of [service.hostname, ...service.aliases]) {
    const short = alternateHosts(host, port, proxyDomain);
    domains.push(...withPort(host, port), ...short);
    for (const name of short) alternates.add(name);
  }
  // Pods of a headless service have names below it.
  if (service.resolution === 'Passthrough' && service.kind === 'Service') domains.push(...domains.map((d) => `*.${d}`));
  for (const address of service.addresses)
    if (address && address !== UNSPECIFIED) domains.push(...withPort(address, port));
  return { domains, alternates };
}
