import type { Field, Finding } from '../../kube/schema/field.ts';
import { gatewayNameFindings, labelFindings, portFindings, unless, weightFindings } from './common.ts';
import { gatewayDomainError, isIp, isSubsetOf, subnetError, wildcardDomainError } from './names.ts';

/** One entry of `tls` (validateTLSRoute). */
export function tlsRouteFindings(tls: Field, spec: Field, { onGateway }: { onGateway: boolean }): Finding[] {
  const matches = tls.get('match');
  return [
    ...matches.when(matches.size === 0, 'TLS route must have at least one match condition'),
    ...matches.items().flatMap((match) => [
      ...match.when(match.get('sniHosts').size === 0, 'TLS match must have at least one SNI host'),
      ...match
        .get('sniHosts')
        .items()
        .flatMap((host) => sniHostFindings(host, spec, onGateway)),
      ...l4MatchFindings(match),
    ]),
    ...tls.when(tls.get('route').size === 0, 'TLS route is required'),
    ...weightFindings(tls.get('route')),
  ];
}

/** One entry of `tcp` (validateTCPRoute). */
export function tcpRouteFindings(tcp: Field): Finding[] {
  return [
    // istiod drops the warnings of a TCP match, unlike those of a TLS match (validateTCPMatch returns an error only).
    ...tcp
      .get('match')
      .items()
      .flatMap(l4MatchFindings)
      .filter((f) => !f.warning),
    ...tcp.when(tcp.get('route').size === 0, 'TCP route is required'),
    ...weightFindings(tcp.get('route')),
  ];
}

function l4MatchFindings(match: Field): Finding[] {
  return [
    ...match
      .get('destinationSubnets')
      .items()
      .flatMap((subnet) => unless(subnet, subnetError(subnet.text))),
    ...(match.get('port').number === 0 ? [] : portFindings(match.get('port'))),
    ...labelFindings(match.get('sourceLabels')),
    ...gatewayNameFindings(match.get('gateways')),
  ];
}

function sniHostFindings(host: Field, spec: Field, onGateway: boolean): Finding[] {
  const error = onGateway ? gatewayDomainError(host.text, true) : wildcardDomainError(host.text);
  if (error && isIp(host.text)) {
    return [
      host.warn(`using an IP address ("${host.text}") goes against SNI spec and most clients do not support this`),
    ];
  }
  if (error) return [host.error(error)];
  const hosts = spec
    .get('hosts')
    .items()
    .map((h) => h.text);
  if (hosts.some((other) => isSubsetOf(host.text, other))) return [];
  const words = `is not a compatible subset of any of the virtual service hosts: [${hosts.join(', ')}]`;
  return [host.error(`SNI host "${host.text}" ${words}`)];
}
