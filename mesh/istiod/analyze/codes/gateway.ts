import { code, goList } from '../code.ts';

/** Codes of Gateways and of VirtualServices that are bound to them. */
export const gateway = {
  VirtualServiceHostNotFoundInGateway: code<{ hosts: readonly string[]; virtualService: string; gateway: string }>({
    code: 'IST0132',
    name: 'VirtualServiceHostNotFoundInGateway',
    level: 'Warning',
    message: ({ hosts, virtualService, gateway: name }) =>
      `one or more host ${goList(hosts)} defined in VirtualService ${virtualService} not found in Gateway ${name}.`,
    meaning: 'The gateway does not serve these hosts, so it never uses the routes.',
    fix: "Add the hosts to a server of the Gateway, or correct the VirtualService's hosts.",
  }),
  GatewayDuplicateCertificate: code<{ gateways: readonly string[] }>({
    code: 'IST0138',
    name: 'GatewayDuplicateCertificate',
    level: 'Warning',
    message: ({ gateways }) =>
      `Duplicate certificate in multiple gateways ${goList(gateways)} may cause 404s if clients re-use HTTP2 connections.`,
    meaning: 'Browsers reuse a connection for other hosts of its certificate, where the other Gateway has no routes.',
    fix: 'Put the hosts into one Gateway, or use one certificate for each.',
  }),
  IngressRouteRulesNotAffected: code<{ subset: string; virtualService: string }>({
    code: 'IST0140',
    name: 'IngressRouteRulesNotAffected',
    level: 'Warning',
    message: ({ subset, virtualService }) =>
      `Subset in virtual service ${subset} has no effect on ingress gateway ${virtualService} requests`,
    meaning: 'A request is routed once: at the gateway, by the VirtualService that is bound to it.',
    fix: 'Name the subset in the VirtualService of the gateway, too.',
  }),
  ConflictingGateways: code<{ gateways: string; selector: string; port: string; hosts: string }>({
    code: 'IST0145',
    name: 'ConflictingGateways',
    level: 'Error',
    message: ({ gateways, selector, port, hosts }) =>
      `Conflict with gateways ${gateways} (workload selector ${selector}, port ${port}, hosts ${hosts}).`,
    meaning: 'On one workload and port only one of the Gateways serves the host.',
    fix: 'Let each host stand in one Gateway only.',
  }),
  JwtClaimBasedRoutingWithoutRequestAuthN: code<{ key: string; gateway: string; pod: string }>({
    code: 'IST0149',
    name: 'JwtClaimBasedRoutingWithoutRequestAuthN',
    level: 'Error',
    message: ({ key, gateway: name, pod }) =>
      `The virtual service uses the JWT claim based routing (key: ${key}) but found no request authentication for the gateway (${name}) pod (${pod}). The request authentication must first be applied for the gateway pods to validate the JWT token and make the claims available for routing.`,
    meaning: 'No token is validated, so the claim is never there and the route never matches.',
    fix: 'Apply a RequestAuthentication that selects the gateway.',
  }),
  InvalidGatewayCredential: code<{ gateway: string; namespace: string }>({
    code: 'IST0161',
    name: 'InvalidGatewayCredential',
    level: 'Error',
    message: ({ gateway: name, namespace }) =>
      `The credential referenced by the Gateway ${name} in namespace ${namespace} is invalid, which can cause the traffic not to work as expected.`,
    meaning: 'The Secret has no usable certificate: TLS handshakes fail.',
    fix: 'Put a valid pair into tls.crt and tls.key of the Secret.',
  }),
  GatewayPortNotDefinedOnService: code<{ port: number; selector: string }>({
    code: 'IST0162',
    name: 'GatewayPortNotDefinedOnService',
    level: 'Warning',
    message: ({ port, selector }) =>
      `The gateway is listening on a target port (port ${port}) that is not defined in the Service associated with its workload instances (Pod selector ${selector}). If you need to access the gateway port through the gateway Service, it will not be available.`,
    meaning: 'Nothing from outside reaches this port.',
    fix: "Add the port to the gateway's Service.",
  }),
  ReferencedInternalGateway: code<{ virtualService: string; gateway: string }>({
    code: 'IST0165',
    name: 'ReferencedInternalGateway',
    level: 'Warning',
    message: ({ virtualService, gateway: name }) =>
      `Gateway reference in VirtualService ${virtualService} is to an implementation-generated internal Gateway: ${name}.`,
    meaning: 'istiod makes such names from Gateway API objects and may change them.',
    fix: 'Attach an HTTPRoute to the Gateway of Gateway API, or write a Gateway of Istio.',
  }),
  IneffectiveSelector: code<{ gateway: string }>({
    code: 'IST0166',
    name: 'IneffectiveSelector',
    level: 'Warning',
    message: ({ gateway: name }) =>
      `Ineffective selector on Kubernetes Gateway ${name}. Use the TargetRef field instead.`,
    meaning: 'Selectors do not apply to gateways of Gateway API: the policy does nothing there.',
    fix: 'Replace selector by targetRefs that name the Gateway.',
  }),
};
