import type { KindInfo } from '../kind-info.ts';

/** The versions of one Istio API group, the stored one first (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
const networking = ['v1', 'v1beta1', 'v1alpha3'];
const security = ['v1', 'v1beta1'];

function kind(
  group: string,
  versions: string[],
  row: { kind: string; plural: string; shortNames?: string[] },
): KindInfo {
  const [stored, ...others] = versions.map((version) => `${group}/${version}`);
  return {
    apiVersion: stored ?? '',
    alsoServed: others,
    singular: row.kind.toLowerCase(),
    shortNames: [],
    ...row,
    namespaced: true,
    categories: ['istio-io', group.replaceAll('.', '-')],
    status: true,
    custom: true,
  };
}

const net = (versions: string[], name: string, plural: string, shortNames: string[] = []) =>
  kind('networking.istio.io', versions, { kind: name, plural, shortNames });
const sec = (name: string, plural: string, shortName: string) =>
  kind('security.istio.io', security, { kind: name, plural, shortNames: [shortName] });

export const istioKinds: readonly KindInfo[] = [
  net(networking, 'VirtualService', 'virtualservices', ['vs']),
  net(networking, 'DestinationRule', 'destinationrules', ['dr']),
  net(networking, 'Gateway', 'gateways', ['gw']),
  net(networking, 'ServiceEntry', 'serviceentries', ['se']),
  net(networking, 'Sidecar', 'sidecars'),
  net(networking, 'WorkloadEntry', 'workloadentries', ['we']),
  net(networking, 'WorkloadGroup', 'workloadgroups', ['wg']),
  net(['v1alpha3'], 'EnvoyFilter', 'envoyfilters'),
  net(['v1beta1'], 'ProxyConfig', 'proxyconfigs'),
  sec('PeerAuthentication', 'peerauthentications', 'pa'),
  sec('RequestAuthentication', 'requestauthentications', 'ra'),
  sec('AuthorizationPolicy', 'authorizationpolicies', 'ap'),
  // The CRD stores v1alpha1; both versions are equal, and everything else here is read as v1.
  kind('telemetry.istio.io', ['v1', 'v1alpha1'], {
    kind: 'Telemetry',
    plural: 'telemetries',
    shortNames: ['telemetry'],
  }),
  kind('extensions.istio.io', ['v1alpha1'], { kind: 'WasmPlugin', plural: 'wasmplugins' }),
  kind('extensions.istio.io', ['v1alpha1'], { kind: 'TrafficExtension', plural: 'trafficextensions' }),
];
