import type { KubeObject } from '../objects.ts';

export type ServicePort = {
  name?: string;
  port: number;
  protocol?: string;
  targetPort?: number | string;
  nodePort?: number;
  appProtocol?: string;
};

export type ServiceSpec = {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  selector?: { [label: string]: string };
  ports?: ServicePort[];
  publishNotReadyAddresses?: boolean;
  sessionAffinity?: string;
  internalTrafficPolicy?: string;
  externalTrafficPolicy?: string;
  ipFamilies?: string[];
  ipFamilyPolicy?: string;
  externalName?: string;
};
export type Service = KubeObject<ServiceSpec>;

export type Endpoint = {
  addresses: string[];
  conditions: { ready: boolean; serving: boolean; terminating: boolean };
  nodeName?: string;
  zone?: string;
  targetRef?: { kind: string; namespace?: string; name: string; uid?: string };
};
export type EndpointPort = { name: string; port: number; protocol: string; appProtocol?: string };

/** An EndpointSlice has its fields beside metadata. */
export type EndpointSlice = KubeObject & { addressType: string; endpoints: Endpoint[]; ports: EndpointPort[] };

export const serviceKind = { apiVersion: 'v1', kind: 'Service' };
export const endpointSliceKind = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };
