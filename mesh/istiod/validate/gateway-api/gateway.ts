import type { Field, Finding } from '../../../kube/schema/field.ts';
import { crdRule, crdUnique } from '../crd.ts';

const plain = ['HTTP', 'TCP', 'UDP'];
const list = (names: string[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`;

/** `listeners` of a Gateway and of a ListenerSet, whose ports may be absent. */
export function listenerRules(listeners: Field): Finding[] {
  const all = listeners.items();
  const any = (wrong: (listener: Field, protocol: string) => boolean) =>
    all.some((listener) => wrong(listener, listener.get('protocol').text));
  const mode = (listener: Field) => listener.at('tls', 'mode').text || 'Terminate';
  const noTls = `tls must not be specified for protocols ${list(plain)}`;
  const l4 = ['TCP', 'UDP'];
  return [
    ...crdRule(
      listeners,
      any((l, protocol) => plain.includes(protocol) && l.get('tls').present),
      noTls,
    ),
    ...crdRule(
      listeners,
      any((l, protocol) => protocol === 'HTTPS' && l.get('tls').present && mode(l) !== 'Terminate'),
      'tls mode must be Terminate for protocol HTTPS',
    ),
    ...crdRule(
      listeners,
      any((l, protocol) => protocol === 'TLS' && !l.get('tls').present),
      'tls mode must be set for protocol TLS',
    ),
    ...crdRule(
      listeners,
      any((l, protocol) => l4.includes(protocol) && l.get('hostname').text !== ''),
      `hostname must not be specified for protocols ${list(l4)}`,
    ),
    ...crdUnique(listeners, (l) => l.get('name').text, 'Listener name must be unique within the Gateway'),
    ...crdUnique(listeners, bindingOf, 'Combination of port, protocol and hostname must be unique for each listener'),
    ...all.flatMap((listener) => certificateRule(listener.get('tls'))),
  ];
}

function bindingOf(listener: Field): string | undefined {
  if (!listener.get('port').present) return undefined;
  return JSON.stringify(['port', 'protocol', 'hostname'].map((name) => listener.get(name).value ?? null));
}

function certificateRule(tls: Field): Finding[] {
  const terminates = tls.present && ['', 'Terminate'].includes(tls.get('mode').text);
  const nothing = tls.get('certificateRefs').size === 0 && tls.get('options').size === 0;
  return crdRule(tls, terminates && nothing, 'certificateRefs or options must be specified when mode is Terminate');
}

export const listenerSetCrd = (spec: Field): Finding[] => listenerRules(spec.get('listeners'));

export const gatewayApiGatewayCrd = (spec: Field): Finding[] => [
  ...addressRules(spec.get('addresses')),
  ...['annotations', 'labels'].flatMap((name) => keyRules(spec.at('infrastructure', name))),
  ...listenerRules(spec.get('listeners')),
  ...crdUnique(
    spec.at('tls', 'frontend', 'perPort'),
    (port) => String(port.get('port').value),
    'Port for TLS configuration must be unique within the Gateway',
  ),
];

const hostname = '^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';

function addressRules(addresses: Field): Finding[] {
  const typeOf = (address: Field) => address.get('type').text || 'IPAddress';
  const valuesOf = (type: string) => (address: Field) =>
    typeOf(address) === type && address.get('value').present ? address.get('value').text : undefined;
  const words = `Hostname value must be empty or contain only valid characters (matching ${hostname})`;
  return [
    ...['IPAddress', 'Hostname'].flatMap((type) =>
      crdUnique(addresses, valuesOf(type), `${type} values must be unique`),
    ),
    ...addresses.items().flatMap((address) => {
      const value = valuesOf('Hostname')(address);
      return crdRule(address, value !== undefined && !new RegExp(hostname).test(value), words);
    }),
  ];
}

const key =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;

function keyRules(map: Field): Finding[] {
  const keys = map.entries().map(([name]) => name);
  const kind = map.path.at(-1) === 'labels' ? 'Label' : 'Annotation';
  const form =
    'keys must be in the form of an optional DNS subdomain prefix followed by a required name segment of up to 63 characters.';
  const prefix = `key's prefix must be a DNS subdomain not longer than 253 characters in total.`;
  return [
    ...crdRule(map, !keys.every((name) => key.test(name)), `${kind} ${form}`),
    ...crdRule(
      map,
      keys.some((name) => (name.split('/')[0] ?? '').length >= 253),
      `If specified, the ${kind.toLowerCase()} ${prefix}`,
    ),
  ];
}

/** A class belongs to one controller for good. */
export const gatewayClassCrd = (spec: Field, previous: Field): Finding[] => {
  const [now, before] = [spec.get('controllerName'), previous.get('controllerName')];
  return crdRule(now, before.present && now.text !== before.text, 'Value is immutable');
};
