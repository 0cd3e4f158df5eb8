import { parseIp } from '../../world/ip.ts';
import type { HeaderList } from '../runtime/header-list.ts';
import { internalOnly } from './internal-only.ts';

/** Fields of HttpConnectionManager; a connection manager's own record of settings fits. */
export interface ForwardingSetting {
  useRemoteAddress: boolean;
  skipXffAppend: boolean;
  xffTrustedHops: number;
  preserveExternalRequestId: boolean;
  /** internal_address_config; without it no address is internal, private ones neither (measured on Envoy 1.40). */
  internal?: readonly { test(ip: string): boolean }[];
}

/** What of the connection counts here. */
export interface Downstream {
  /** The other end of the connection. */
  ip: string;
  isTls: boolean;
  /** The proxy's own address, told instead of a loopback one. */
  localIp: string;
}

/** What an edge (useRemoteAddress) also takes from outsiders. */
const notAtTheEdge = [
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-original-host',
  'x-envoy-original-path',
];

/**
 * x-forwarded-for, x-forwarded-proto, x-envoy-internal, x-envoy-external-address and the headers that outsiders may not
 * send. Returns the client's address as x-forwarded-for tells it, undefined while it is the connection's own.
 */
export function forwardingHeaders(
  headers: HeaderList,
  downstream: Downstream,
  setting: ForwardingSetting,
): string | undefined {
  const hadXff = headers.has('x-forwarded-for');
  const told = clientAddress(headers, setting);
  const client = told ?? downstream.ip;
  const proto = downstream.isTls ? 'https' : 'http';
  // Behind trusted hops the one that came with the request is theirs.
  const overwritesProto = setting.useRemoteAddress && setting.xffTrustedHops === 0;
  if (overwritesProto || !headers.has('x-forwarded-proto')) headers.set('x-forwarded-proto', proto);
  if (setting.useRemoteAddress && !setting.skipXffAppend) appendXff(headers, downstream);
  const isSingle = setting.useRemoteAddress ? !hadXff : (headers.get('x-forwarded-for')?.split(',').length ?? 1) === 1;
  const isInternal = isSingle && (setting.internal?.some((range) => range.test(client)) ?? false);
  if (isInternal) headers.set('x-envoy-internal', 'true');
  else sanitize(headers, setting, client);
  return told;
}

function appendXff(headers: HeaderList, { ip, localIp }: Downstream): void {
  const before = headers.get('x-forwarded-for');
  const address = ip === '::1' || ip.startsWith('127.') ? localIp : ip;
  headers.set('x-forwarded-for', before ? `${before},${address}` : address);
}

/**
 * With useRemoteAddress n trusted hops mean the n-th entry from the right, without it the one before them (docs:
 * http_conn_man/headers, x-forwarded-for). Undefined when there is no such entry or it is no address.
 */
export function clientAddress(
  headers: HeaderList,
  { useRemoteAddress, xffTrustedHops }: Pick<ForwardingSetting, 'useRemoteAddress' | 'xffTrustedHops'>,
): string | undefined {
  const skipped = useRemoteAddress ? xffTrustedHops - 1 : xffTrustedHops;
  const entries = headers.get('x-forwarded-for')?.split(',');
  const entry = skipped < 0 ? undefined : entries?.[entries.length - 1 - skipped]?.trim();
  return entry !== undefined && parseIp(entry) ? entry : undefined;
}

function sanitize(headers: HeaderList, setting: ForwardingSetting, client: string): void {
  // Most requests have none of them: one look at each name instead of a search for each.
  for (const name of headers.names.filter((name) => name.startsWith('x-envoy-')))
    if (name === 'x-envoy-internal' || internalOnly.has(name)) headers.remove(name);
  if (!setting.useRemoteAddress) return;
  for (const name of notAtTheEdge) headers.remove(name);
  if (!setting.preserveExternalRequestId) headers.remove('x-request-id');
  headers.set('x-envoy-external-address', client);
}
