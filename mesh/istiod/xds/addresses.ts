import { isIpv6 } from '../model/host.ts';
import type { Service } from '../model/service.ts';
import type { ProxyContext } from './context.ts';

/** Whether the proxy answers its application's questions for names (NodeMetadata.DNSCapture, a Go bool). */
export const capturesDns = ({ proxy }: Pick<ProxyContext, 'proxy'>): boolean =>
  /^(1|t|T|true|TRUE|True)$/.test(String(proxy.metadata.DNS_CAPTURE ?? ''));

/** Addresses by which a client reaches a service (getAllAddressesForProxy in istio pilot/pkg/model/service.go). */
export function addressesOf({ proxy }: Pick<ProxyContext, 'proxy'>, service: Service): readonly string[] {
  if (!service.allocated || !capturesDns({ proxy })) return service.addresses;
  const own = service.allocated.filter((address) => isIpv6(address) === isIpv6(proxy.ip));
  return own.length > 0 ? own : service.addresses;
}
