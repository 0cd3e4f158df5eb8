import type { HeaderList } from '../../world/header-list.ts';
import type { LocalReply } from '../types.ts';

/** Whether an upgrade is allowed, by its type in lower case. */
export type Upgrades = ReadonlyMap<string, boolean>;

/** `Connection: upgrade` with an Upgrade header (source/common/http/utility.cc, isUpgrade). */
export const isUpgrade = (headers: HeaderList): boolean =>
  headers.has('upgrade') && /(^|[, ])upgrade($|[, ])/i.test(headers.get('connection') ?? '');

/** What a request wants to become, in lower case; undefined for nearly all. */
function wanted(headers: HeaderList): string | undefined {
  if (headers.get(':method') === 'CONNECT') return 'connect';
  return isUpgrade(headers) ? headers.get('upgrade')?.toLowerCase() : undefined;
}

const refused: LocalReply = { kind: 'localReply', status: 403, body: '', details: 'upgrade_failed' };

/**
 * The answer to a request whose upgrade nobody allows: the route's word goes before the connection manager's
 * (source/extensions/filters/network/http_connection_manager/config.cc, createUpgradeFilterChain).
 */
export function refusedUpgrade(
  headers: HeaderList,
  manager: Upgrades,
  route: Upgrades | undefined,
): LocalReply | undefined {
  const type = wanted(headers);
  if (type === undefined) return undefined;
  return (route?.get(type) ?? manager.get(type)) ? undefined : refused;
}
