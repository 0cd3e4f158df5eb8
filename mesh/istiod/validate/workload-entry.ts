import type { Field, Finding } from '../../kube/schema/field.ts';
import { labelFindings, portFindings, unless } from './common.ts';
import { crdPort, crdRule } from './crd.ts';
import { unixAddressError } from './hostname.ts';
import { fqdnError, isDnsLabel, isIp } from './names.ts';

const unix = 'unix://';
const portName = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;

/** CEL rules of the CRD; a WorkloadGroup's template has all but the first. */
export const workloadEntryCrd = (entry: Field): Finding[] => [
  ...crdRule(entry, !entry.get('address').present && !entry.get('network').present, 'Address is required'),
  ...workloadTemplateCrd(entry),
];

export function workloadTemplateCrd(entry: Field): Finding[] {
  const [address, ports] = [entry.get('address'), entry.get('ports')];
  const socket = address.text.startsWith(unix);
  const badName = ports.entries().some(([name]) => name.length >= 63 || !portName.test(name));
  return [
    ...crdRule(entry, socket && ports.present, 'UDS may not include ports'),
    ...crdRule(
      address,
      socket && !/^[/@]/.test(address.text.slice(7)),
      'UDS must be an absolute path or abstract socket',
    ),
    ...crdRule(address, socket && address.text.endsWith('/'), 'UDS may not be a dir'),
    ...crdRule(ports, badName, 'port name must be valid'),
    ...ports.entries().flatMap(([, port]) => crdPort(port)),
  ];
}

/** pkg/config/validation/validation.go, ValidateWorkloadEntry. */
export const workloadEntryWebhook = (spec: Field): Finding[] => workloadEntryFindings(spec, { names: true });

/** validateWorkloadEntry. `ports`: names that the ServiceEntry has; `names`: the address may be a host name. */
export function workloadEntryFindings(
  entry: Field,
  { ports, names }: { ports?: ReadonlySet<string>; names: boolean },
): Finding[] {
  const address = entry.get('address');
  const network = entry.get('network').text;
  if (address.text === '' && network === '') return [entry.error('address is required')];
  const socket = address.text.startsWith(unix);
  return [
    ...(address.text === '' ? [entry.warn(`address is unset with network ${JSON.stringify(network)}`)] : []),
    ...(socket ? socketFindings(entry) : addressFindings(address, names)),
    ...endpointPorts(entry, ports),
    ...labelFindings(entry.get('labels')),
    ...entry.when(
      socket && ports !== undefined && ports.size !== 1,
      'exactly 1 service port required for unix endpoints',
    ),
  ];
}

function socketFindings(entry: Field): Finding[] {
  const address = entry.get('address');
  return [
    ...unless(address, unixAddressError(address.text.slice(unix.length))),
    ...entry.get('ports').when(entry.get('ports').size > 0, `unix endpoint ${address.text} must not include ports`),
  ];
}

export function addressFindings(address: Field, names: boolean): Finding[] {
  if (address.text === '' || isIp(address.text)) return [];
  const shown = `endpoint address ${JSON.stringify(address.text)}`;
  if (!names) return [address.error(`${shown} is not a valid IP address`)];
  return address.when(fqdnError(address.text) !== undefined, `${shown} is not a valid FQDN or an IP address`);
}

export function endpointPorts(entry: Field, known: ReadonlySet<string> | undefined): Finding[] {
  return entry
    .get('ports')
    .entries()
    .flatMap(([name, port]) => [
      ...port.when(
        known !== undefined && !known.has(name),
        `endpoint port ${port.number} is not defined by the service entry`,
      ),
      ...portNameFindings(port, name),
      ...portFindings(port),
    ]);
}

/** ValidatePortName. */
export const portNameFindings = (field: Field, name: string): Finding[] =>
  field.when(!isDnsLabel(name), `invalid port name: ${name}`);
