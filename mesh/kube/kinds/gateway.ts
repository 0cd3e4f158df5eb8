import type { KindInfo } from '../kind-info.ts';

const group = 'gateway.networking.k8s.io';

/** Versions: the stored one first, as in the experimental channel of Gateway API 1.6. */
function kind(name: string, plural: string, row: { versions: string[] } & Partial<KindInfo>): KindInfo {
  const { versions, ...rest } = row;
  const [stored, ...others] = versions.map((version) => `${group}/${version}`);
  return {
    apiVersion: stored ?? '',
    kind: name,
    alsoServed: others,
    plural,
    singular: name.toLowerCase(),
    shortNames: [],
    namespaced: true,
    categories: ['gateway-api'],
    status: true,
    custom: true,
    ...rest,
  };
}

export const gatewayKinds: readonly KindInfo[] = [
  kind('GatewayClass', 'gatewayclasses', { versions: ['v1', 'v1beta1'], shortNames: ['gc'], namespaced: false }),
  kind('Gateway', 'gateways', { versions: ['v1', 'v1beta1'], shortNames: ['gtw'] }),
  kind('HTTPRoute', 'httproutes', { versions: ['v1', 'v1beta1'] }),
  kind('GRPCRoute', 'grpcroutes', { versions: ['v1', 'v1alpha2'] }),
  kind('TLSRoute', 'tlsroutes', { versions: ['v1', 'v1alpha3', 'v1alpha2'] }),
  kind('TCPRoute', 'tcproutes', { versions: ['v1', 'v1alpha2'] }),
  kind('UDPRoute', 'udproutes', { versions: ['v1', 'v1alpha2'] }),
  // The CRD stores v1beta1; both versions are equal, and everything else here is read as v1.
  kind('ReferenceGrant', 'referencegrants', {
    versions: ['v1', 'v1beta1', 'v1alpha2'],
    shortNames: ['refgrant'],
    status: false,
  }),
  kind('BackendTLSPolicy', 'backendtlspolicies', { versions: ['v1', 'v1alpha3'], shortNames: ['btlspolicy'] }),
  kind('ListenerSet', 'listenersets', { versions: ['v1'], shortNames: ['lset'] }),
];
