import { byCreation, type Config, compareText, keyOf } from '../../model/config.ts';
import type { KubernetesGateway, Listener, ListenerSet } from '../../model/kubernetes-gateway.ts';

/** A listener of a Gateway or ListenerSet that loses against an earlier one, with the reason of its condition. */
export type Conflicts = ReadonlyMap<Listener, string>;

/** ListenerSets may leave the port out where the protocol has one. */
export const portOf = ({ port, protocol }: Listener): number =>
  port || (protocol === 'HTTP' ? 80 : protocol === 'HTTPS' ? 443 : 0);

/** The Gateway's own listeners first, then those of its sets, the oldest first (ComputeGatewayListenerConflicts). */
export function listenerConflicts(gateway: Config<KubernetesGateway>, sets: readonly Config<ListenerSet>[]): Conflicts {
  const ordered = [...sets].sort(
    (a, b) => a.created - b.created || compareText(keyOf(a), keyOf(b)) || byCreation(a, b),
  );
  const conflicts = new Map<Listener, string>();
  const accepted: Listener[] = [];
  for (const listener of [gateway, ...ordered].flatMap(({ spec }) => spec.listeners ?? [])) {
    const prior = accepted.find((other) => !distinct(listener, other));
    if (prior) conflicts.set(listener, reasonOf(listener, prior));
    else accepted.push(listener);
  }
  return conflicts;
}

const isLayer4 = ({ protocol }: Listener): boolean => protocol === 'TCP' || protocol === 'UDP';
const hasHosts = ({ protocol }: Listener): boolean => ['HTTP', 'HTTPS', 'TLS'].includes(protocol ?? '');

/** Listeners of a port are told apart by their hosts. */
function distinct(a: Listener, b: Listener): boolean {
  if (portOf(a) !== portOf(b)) return true;
  if ((isLayer4(a) && (hasHosts(b) || isLayer4(b))) || (hasHosts(a) && isLayer4(b))) return false;
  if (hasHosts(a) && hasHosts(b)) return (a.hostname || '*') !== (b.hostname || '*');
  return a.protocol !== b.protocol;
}

const reasonOf = (a: Listener, b: Listener): string =>
  a.protocol !== b.protocol || isLayer4(a) ? 'ProtocolConflict' : 'HostnameConflict';
