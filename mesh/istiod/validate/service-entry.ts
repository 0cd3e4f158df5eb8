import type { Field, Finding } from '../../kube/schema/field.ts';
import { isHttp, isTcp, isTls, parseProtocol } from '../model/protocol.ts';
import { crdWorkloadSelector, workloadSelectorFindings } from './attachment.ts';
import { exportToFindings, portFindings, unless } from './common.ts';
import { crdPort, crdRule, crdUnique } from './crd.ts';
import { partialWildcardError } from './hostname.ts';
import { subnetError, wildcardDomainError } from './names.ts';
import { resolutionFindings } from './service-entry-resolution.ts';
import { portNameFindings, workloadEntryCrd } from './workload-entry.ts';

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export function serviceEntryCrd(spec: Field): Finding[] {
  const [ports, endpoints] = [spec.get('ports'), spec.get('endpoints')];
  const resolution = spec.get('resolution').text || 'NONE';
  const both = endpoints.present && spec.get('workloadSelector').present;
  const blocks = addressesOf(spec).some((address) => address.text.includes('/'));
  const many = resolution === 'DNS_ROUND_ROBIN' && endpoints.size > 1;
  return [
    ...crdRule(spec, both, 'only one of WorkloadSelector or Endpoints can be set'),
    ...crdRule(spec, blocks && !['NONE', 'STATIC'].includes(resolution), cidrWords),
    ...crdRule(spec, resolution === 'NONE' && endpoints.present, 'NONE mode cannot set endpoints'),
    ...crdRule(spec, many, 'DNS_ROUND_ROBIN mode cannot have multiple endpoints'),
    ...endpoints.items().flatMap(workloadEntryCrd),
    ...spec.select('hosts[]').flatMap((host) => crdRule(host, host.text === '*', 'hostname cannot be wildcard')),
    ...crdUnique(ports, (port) => String(port.get('number').value), 'port number cannot be duplicated'),
    ...ports.items().flatMap((port) => [...crdPort(port.get('number')), ...crdPort(port.get('targetPort'))]),
    ...crdWorkloadSelector(spec),
  ];
}

const cidrWords = 'CIDR addresses are allowed only for NONE/STATIC resolution types';
const addressesOf = (spec: Field) => spec.get('addresses').items();

interface Labels {
  labels?: { [key: string]: string };
}

/** pkg/config/validation/validation.go, ValidateServiceEntry. */
export function serviceEntryWebhook(spec: Field, namespace: string, { labels = {} }: Labels): Finding[] {
  const selector = workloadSelectorFindings(spec, 'service entry');
  if (selector.some((f) => !f.warning)) return selector;
  const endpoints = spec.get('endpoints');
  const both = spec.get('workloadSelector').present && endpoints.size > 0;
  const resolution = spec.get('resolution').text || 'NONE';
  const cidr = addressesOf(spec).some((address) => address.text.includes('/'));
  return [
    ...selector,
    ...endpoints.when(both, 'only one of WorkloadSelector or Endpoints is allowed in Service Entry'),
    ...hostFindings(spec, resolution),
    ...addressesOf(spec).flatMap((address) => unless(address, subnetError(address.text))),
    ...spec.get('addresses').when(cidr && !['NONE', 'STATIC'].includes(resolution), cidrWords),
    ...portsFindings(spec, allocates(spec, resolution, labels)),
    ...resolutionFindings(spec, resolution, usesWaypoint(labels)),
    ...manyHosts(spec, resolution),
    ...exportToFindings(spec.get('exportTo'), namespace, { nobody: true }),
  ];
}

/** istiod gives an address unless the user opted out or gave one (serviceentry.ShouldV2AutoAllocateIPFromConfig). */
const allocates = (spec: Field, resolution: string, labels: { [key: string]: string }): boolean =>
  resolution !== 'NONE' &&
  labels['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() !== 'false' &&
  spec.get('addresses').size === 0;

const usesWaypoint = (labels: { [key: string]: string }): boolean =>
  !['', 'none'].includes((labels['istio.io/use-waypoint'] ?? '').toLowerCase());

function hostFindings(spec: Field, resolution: string): Finding[] {
  const hosts = spec.get('hosts');
  return [
    ...hosts.when(hosts.size === 0, 'service entry must have at least one host'),
    ...hosts.items().flatMap((host) => {
      if (host.text === '*') return [host.error('invalid host *')];
      const partial = resolution === 'DYNAMIC_DNS' ? undefined : partialWildcardError(host.text);
      return [...unless(host, wildcardDomainError(host.text)), ...(partial ? [host.warn(partial)] : [])];
    }),
  ];
}

function portsFindings(spec: Field, allocated: boolean): Finding[] {
  const [names, numbers] = [new Set<string>(), new Set<number>()];
  const bare = spec.get('addresses').size === 0 && !allocated;
  const needAddress =
    'addresses are required for ports serving TCP (or unset) protocol when IP Autoallocation is not enabled';
  return spec.select('ports[]').flatMap((port) => {
    const [name, number, protocol, target] = ['name', 'number', 'protocol', 'targetPort'].map((f) => port.get(f));
    if (!name || !number || !protocol || !target) return [];
    const again = { name: names.has(name.text), number: numbers.has(number.number) };
    names.add(name.text);
    numbers.add(number.number);
    return [
      ...name.when(again.name, `service entry port name ${JSON.stringify(name.text)} already defined`),
      ...number.when(again.number, `service entry port ${number.number} already defined`),
      ...(target.number === 0 ? [] : portFindings(target)),
      ...(bare && ['', 'TCP'].includes(protocol.text) ? [port.warn(needAddress)] : []),
      ...portNameFindings(name, name.text),
      ...protocolFindings(protocol),
      ...portFindings(number),
    ];
  });
}

/** ValidateProtocol: an empty one is sniffed. */
export const protocolFindings = (protocol: Field): Finding[] =>
  protocol.when(
    protocol.text !== '' && parseProtocol(protocol.text) === 'Auto',
    `unsupported protocol: ${protocol.text}`,
  );

/** Plain TCP cannot tell hosts apart, except where the hosts are ignored; and one sentence about addresses. */
function manyHosts(spec: Field, resolution: string): Finding[] {
  if (spec.get('hosts').size < 2) return [];
  const protocols = spec.select('ports[]').map((port) => parseProtocol(port.get('protocol').text));
  const plain = protocols.some((p) => !isHttp(p) && !isTls(p));
  const withAddress = resolution.startsWith('DNS') && spec.get('addresses').size > 0 && protocols.some(isTcp);
  const words = 'service entry can not have more than one host specified simultaneously with address and tcp port';
  return [
    ...(withAddress ? [spec.get('hosts').warn(words)] : []),
    ...spec.get('ports').when(resolution !== 'NONE' && plain, 'multiple hosts provided with non-HTTP, non-TLS ports'),
  ];
}
