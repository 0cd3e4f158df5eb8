import type { Field, Finding } from '../../kube/schema/field.ts';
import { parseProtocol } from '../model/protocol.ts';
import { labelFindings } from './common.ts';
import { fqdnError } from './names.ts';
import { addressFindings, endpointPorts, workloadEntryFindings } from './workload-entry.ts';

/** What one way of resolution allows (the switch in ValidateServiceEntry). */
export function resolutionFindings(spec: Field, resolution: string, waypoint: boolean): Finding[] {
  const ports = new Set(spec.select('ports[].name').map((name) => name.text));
  const endpoints = spec.get('endpoints').items();
  if (resolution === 'NONE') return noneFindings(spec);
  if (resolution === 'STATIC') return endpoints.flatMap((e) => workloadEntryFindings(e, { ports, names: false }));
  if (resolution === 'DYNAMIC_DNS') return dynamicFindings(spec, waypoint);
  if (!['DNS', 'DNS_ROUND_ROBIN'].includes(resolution)) {
    return [spec.get('resolution').error(`unsupported resolution type ${resolution}`)];
  }
  const many = resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1;
  return [
    ...(endpoints.length === 0 ? resolvable(spec, resolution) : []),
    ...spec.get('endpoints').when(many, `there must only be 0 or 1 endpoint for resolution mode ${resolution}`),
    ...endpoints.flatMap((endpoint) => [
      ...addressFindings(endpoint.get('address'), true),
      ...labelFindings(endpoint.get('labels')),
      ...endpointPorts(endpoint, ports),
    ]),
  ];
}

function noneFindings(spec: Field): Finding[] {
  const [endpoints, selector] = [spec.get('endpoints'), spec.get('workloadSelector')];
  const words = 'workloadSelector should not be set when resolution mode is NONE';
  return [
    ...endpoints.when(endpoints.size > 0, 'no endpoints should be provided for resolution type none'),
    ...(selector.present ? [selector.warn(words)] : []),
  ];
}

/** Without endpoints the hosts themselves are looked up. istiod names the first wrong one. */
function resolvable(spec: Field, resolution: string): Finding[] {
  const words = `hosts must be FQDN or contain only prefix wildcards if no endpoints are provided for resolution mode ${resolution}`;
  return spec
    .select('hosts[]')
    .flatMap((host) => {
      const error = fqdnError(host.text);
      return error ? [host.error(`${words}, ${error}`)] : [];
    })
    .slice(0, 1);
}

const proxied = ['HTTP', 'TLS', 'GRPC', 'HTTP2'];

function dynamicFindings(spec: Field, waypoint: boolean): Finding[] {
  const mode = 'DYNAMIC_DNS';
  const [hosts, addresses, endpoints] = ['hosts', 'addresses', 'endpoints'].map((name) => spec.get(name));
  const noAddresses = `addresses cannot be set for resolution type ${mode}. HTTP route domains will only be generatedfrom the hosts field values`;
  const noEndpoints = `endpoints cannot be set for resolution type ${mode}. Destination IP address determined from hostsfield values`;
  const protocols = `only HTTP, TLS, GRPC, and HTTP2 protocols are supported for resolution type ${mode}`;
  const internal = spec.get('location').text === 'MESH_INTERNAL' && waypoint;
  return [
    ...(hosts?.when(hosts.size === 0, `at least one wildcard host must be provided for resolution type ${mode}`) ?? []),
    ...(hosts?.items() ?? []).flatMap((host) =>
      host.when(!host.text.startsWith('*'), `host must be wildcarded for resolution mode ${mode}`),
    ),
    ...(addresses?.when(addresses.size > 0, noAddresses) ?? []),
    ...(endpoints?.when(endpoints.size > 0, noEndpoints) ?? []),
    ...spec
      .select('ports[]')
      .flatMap((port) => port.when(!proxied.includes(parseProtocol(port.get('protocol').text)), protocols)),
    ...spec
      .get('location')
      .when(internal, `location MESH_INTERNAL with resolution type ${mode} is not supported when using waypoints`),
  ];
}
