import type { HeaderList } from '../../world/header-list.ts';
import { isUpgrade } from './upgrade.ts';

/** Headers of one hop only (RFC 9110, 7.6.1), as Envoy's ConnectionManagerUtility removes them from requests and answers. */
const names = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);
/** What an upgrade needs. */
const ofUpgrades = new Set(['connection', 'upgrade']);

export function removeHopByHop(headers: HeaderList): void {
  const upgrades = isUpgrade(headers);
  for (let i = headers.names.length - 1; i >= 0; i--) {
    const name = headers.names[i] ?? '';
    // By first letter (c, k, p, t, u) before asking the set: nearly every header of nearly every request ends here.
    const first = name.charCodeAt(0);
    if (first !== 99 && first !== 107 && first !== 112 && first !== 116 && first !== 117) continue;
    if (names.has(name) && !(upgrades && ofUpgrades.has(name))) headers.remove(name);
  }
}
