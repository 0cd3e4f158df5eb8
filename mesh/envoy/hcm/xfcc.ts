import type { HeaderList } from '../../world/header-list.ts';
import type { TlsInfo } from '../facts.ts';
import type { HcmConfig } from './config.ts';

const name = 'x-forwarded-client-cert';

/** x-forwarded-client-cert (docs: http_conn_man/headers; source/common/http/conn_manager_utility.cc, mutateXfccRequestHeader). */
export function forwardClientCert(headers: HeaderList, tls: TlsInfo | undefined, config: HcmConfig): void {
  const how = config.forwardClientCert;
  if (how === 'ALWAYS_FORWARD_ONLY') return;
  if (how === 'SANITIZE' || !tls?.peer) {
    headers.remove(name);
    return;
  }
  if (how === 'FORWARD_ONLY') return;
  const entry = entryOf(tls, config);
  const before = how === 'APPEND_FORWARD' ? headers.joined(name) : undefined;
  headers.set(name, before ? `${before},${entry}` : entry);
}

/** All requests of a connection carry the same entry. */
const entries = new WeakMap<TlsInfo, string>();

function entryOf(tls: TlsInfo, config: HcmConfig): string {
  let entry = entries.get(tls);
  if (entry === undefined) {
    entry = describe(tls, config);
    entries.set(tls, entry);
  }
  return entry;
}

function describe({ local, peer }: TlsInfo, { certDetails }: HcmConfig): string {
  const parts = [...(local?.uriSans ?? []).map((uri) => `By=${uri}`), `Hash=${peer?.fingerprint ?? ''}`];
  if (certDetails.subject) parts.push(`Subject="${peer?.subject ?? ''}"`);
  // There also when there is none.
  if (certDetails.uri) parts.push(...(peer?.uriSans.length ? peer.uriSans : ['']).map((uri) => `URI=${uri}`));
  if (certDetails.dns) parts.push(...(peer?.dnsSans ?? []).map((dns) => `DNS=${dns}`));
  return parts.join(';');
}
