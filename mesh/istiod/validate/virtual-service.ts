import type { Field, Finding } from '../../kube/schema/field.ts';
import { exportToFindings, gatewayNameFindings, unless } from './common.ts';
import { crdDuration } from './duration.ts';
import { isClaim } from './headers.ts';
import { httpRouteFindings } from './http-route.ts';
import { tcpRouteFindings, tlsRouteFindings } from './l4-route.ts';
import { gatewayDomainError, hostsOverlap, isIp, wildcardDomainError } from './names.ts';
import { unreachableFindings } from './unreachable.ts';

const durations = [
  'http[].corsPolicy.maxAge',
  'http[].fault.delay.exponentialDelay',
  'http[].fault.delay.fixedDelay',
  'http[].retries.backoff',
  'http[].retries.perTryTimeout',
  'http[].timeout',
];

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export const virtualServiceCrd = (spec: Field): Finding[] =>
  durations.flatMap((path) => spec.select(path)).flatMap(crdDuration);

/** pkg/config/validation/validation.go, ValidateVirtualService. */
export function virtualServiceWebhook(spec: Field, namespace: string): Finding[] {
  const delegate = spec.get('hosts').size === 0;
  const gateways = spec.get('gateways');
  const onGateway = gateways.size > 0 && !gateways.items().some((gateway) => gateway.text === 'mesh');
  const routes = ['http', 'tcp', 'tls'].some((name) => spec.get(name).size > 0);
  return [
    ...(delegate ? delegateFindings(spec) : []),
    ...gatewayNameFindings(gateways),
    ...(onGateway ? [] : claimFindings(spec)),
    ...hostFindings(spec, onGateway),
    ...spec.when(!routes, 'http, tcp or tls must be provided in virtual service'),
    ...spec
      .get('http')
      .items()
      .flatMap((http) => httpRouteFindings(http, delegate)),
    ...spec
      .get('tls')
      .items()
      .flatMap((tls) => tlsRouteFindings(tls, spec, { onGateway: isGateway(spec) })),
    ...spec.get('tcp').items().flatMap(tcpRouteFindings),
    ...exportToFindings(spec.get('exportTo'), namespace),
    ...['http', 'tcp', 'tls'].flatMap((name) => unreachableFindings(spec.get(name))),
  ];
}

/** For SNI hosts istiod takes a VirtualService without gateways as one of a gateway (isGateway). */
const isGateway = (spec: Field) =>
  !spec
    .get('gateways')
    .items()
    .some((gateway) => gateway.text === 'mesh');

function delegateFindings(spec: Field): Finding[] {
  const rules = { gateways: 'gateways', tls: 'tls route', tcp: 'tcp route' };
  return Object.entries(rules).flatMap(([name, words]) =>
    spec.get(name).when(spec.get(name).size > 0, `delegate virtual service must have no ${words} specified`),
  );
}

/** Claims are matched by a filter that only gateways have. */
function claimFindings(spec: Field): Finding[] {
  const names = spec
    .get('gateways')
    .items()
    .map((gateway) => gateway.text);
  return ['headers', 'withoutHeaders']
    .flatMap((map) => spec.select(`http[].match[].${map}`))
    .flatMap((headers) => headers.entries())
    .filter(([key]) => isClaim(key))
    .map(([key, header]) =>
      header.error(
        `JWT claim based routing (key: ${key}) is only supported for gateway, found no gateways: [${names.join(' ')}]`,
      ),
    );
}

function hostFindings(spec: Field, onGateway: boolean): Finding[] {
  const hosts = spec.get('hosts').items();
  const sni = spec.select('tls[].match[].sniHosts').some((list) => list.size > 0);
  const errorOf = (host: string) => (onGateway ? gatewayDomainError(host, sni) : wildcardDomainError(host));
  const found = hosts.flatMap((host) => {
    const error = errorOf(host.text);
    if (error) return isIp(host.text) ? [] : unless(host, error);
    const star = !onGateway && host.text === '*';
    return host.when(star, 'wildcard host * is not allowed for virtual services bound to the mesh gateway');
  });
  return found.length > 0 ? found : duplicateHosts(hosts);
}

const duplicateHosts = (hosts: Field[]): Finding[] =>
  hosts.flatMap((host, i) =>
    hosts
      .slice(i + 1)
      .filter((other) => hostsOverlap(host.text, other.text))
      .map((other) => other.error(`duplicate hosts in virtual service: ${host.text} & ${other.text}`)),
  );
