import type { Field, Finding } from '../../kube/schema/field.ts';
import { portFindings, unless } from './common.ts';
import { scopedHostFindings, unixAddressError } from './hostname.ts';
import { isIp } from './names.ts';
import { protocolFindings } from './service-entry.ts';
import { portNameFindings } from './workload-entry.ts';

/** `egress` of a Sidecar: one listener may catch all, as the last one. */
export function egressFindings(egress: Field, namespace: string): Finding[] {
  const listeners = egress.items();
  const binds = new Set<string>();
  return listeners.flatMap((listener, i) => [
    ...(listener.get('port').present
      ? portFindingsOf(listener, binds)
      : catchAll(listener, i === listeners.length - 1)),
    ...hostsFindings(listener, namespace),
  ]);
}

const catchAll = (listener: Field, last: boolean): Finding[] =>
  listener.when(!last, 'sidecar: the egress listener with empty port should be the last listener in the list');

function portFindingsOf(listener: Field, seen: Set<string>): Finding[] {
  const [port, bind] = [listener.get('port'), listener.get('bind')];
  const number = port.get('number');
  const key = number.number === 0 ? bind.text : String(number.number);
  const again = seen.has(key);
  seen.add(key);
  const unique =
    number.number === 0
      ? 'sidecar: unix domain socket values for listeners must be unique'
      : 'sidecar: ports on IP bound listeners must be unique';
  const name = port.get('name');
  return [
    ...port.get('targetPort').when(port.get('targetPort').number > 0, 'targetPort has no impact on Sidecars'),
    ...(name.text === '' ? [] : portNameFindings(name, name.text)),
    ...protocolFindings(port.get('protocol')),
    ...(number.number === 0 ? socketFindings(listener) : [...portFindings(number), ...bindFindings(bind)]),
    ...port.when(again, unique),
  ];
}

const bindFindings = (bind: Field): Finding[] =>
  bind.when(bind.text !== '' && !isIp(bind.text), `${bind.text} is not a valid IP`);

function socketFindings(listener: Field): Finding[] {
  const bind = listener.get('bind');
  const capture = listener.get('captureMode');
  const noSocket = 'sidecar: ports with 0 value must have a unix domain socket bind address';
  return [
    ...(bind.text.startsWith('unix://')
      ? unless(bind, unixAddressError(bind.text.slice('unix://'.length)))
      : [bind.error(noSocket)]),
    ...capture.when(
      !['', 'DEFAULT', 'NONE'].includes(capture.text),
      'sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners',
    ),
  ];
}

function hostsFindings(listener: Field, namespace: string): Finding[] {
  const hosts = listener.get('hosts');
  if (hosts.size === 0) return [listener.error('sidecar: egress listener must contain at least one host')];
  const seen = new Map<string, Set<string>>();
  const found = hosts
    .items()
    .flatMap((host) => [
      ...(duplicate(host.text, { namespace, seen }) ? [host.warn(`duplicated egress host: ${host.text}`)] : []),
      ...scopedHostFindings(host, 'sidecar'),
    ]);
  const all = seen.get('*')?.has('*') && seen.size !== 1;
  const words = '`*/*` host select all resources, no other hosts can be added';
  return all ? [...found, hosts.warn(words)] : found;
}

/** True when earlier hosts of the namespace say it already; hosts that are left out with `~` do not count. */
function duplicate(text: string, { namespace, seen }: { namespace: string; seen: Map<string, Set<string>> }): boolean {
  const slash = text.indexOf('/');
  if (slash < 0 || text.startsWith('~')) return false;
  const scope = text.startsWith('./') ? namespace : text.slice(0, slash);
  const host = text.slice(slash + 1);
  const before = seen.get(scope) ?? new Set<string>();
  const known = host === '*' ? before.size > 0 : before.has(host) || before.has('*');
  seen.set(scope, before.add(host));
  return known;
}
