import { list, map, num, obj, type Shape, str } from './shape.ts';

/** gateway.networking.k8s.io kinds other than routes. */
const objectRef = obj({ group: str, kind: str, name: str, namespace: str });
export type ObjectRef = Shape<typeof objectRef>;

const labelSelector = obj({
  matchLabels: map(str),
  matchExpressions: list(obj({ key: str, operator: str, values: list(str) })),
});
export type LabelSelector = Shape<typeof labelSelector>;

/** Which namespaces may attach. */
const allowedNamespaces = obj({ from: str, selector: labelSelector });
export type AllowedNamespaces = Shape<typeof allowedNamespaces>;

const routeKind = obj({ group: str, kind: str });
export type RouteKind = Shape<typeof routeKind>;

const listener = obj({
  name: str,
  hostname: str,
  port: num,
  protocol: str,
  tls: obj({ mode: str, certificateRefs: list(objectRef), options: map(str) }),
  allowedRoutes: obj({ namespaces: allowedNamespaces, kinds: list(routeKind) }),
});
export type Listener = Shape<typeof listener>;

const frontend = obj({ validation: obj({ caCertificateRefs: list(objectRef), mode: str }) });
export type FrontendTls = Shape<typeof frontend>;

export const kubernetesGateway = obj({
  gatewayClassName: str,
  listeners: list(listener),
  addresses: list(obj({ type: str, value: str })),
  infrastructure: obj({ parametersRef: objectRef }),
  allowedListeners: obj({ namespaces: allowedNamespaces }),
  tls: obj({
    backend: obj({ clientCertificateRef: objectRef }),
    frontend: obj({ default: frontend, perPort: list(obj({ port: num, tls: frontend })) }),
  }),
});
export type KubernetesGateway = Shape<typeof kubernetesGateway>;

export const listenerSet = obj({ parentRef: objectRef, listeners: list(listener) });
export type ListenerSet = Shape<typeof listenerSet>;

export const gatewayClass = obj({ controllerName: str });
export type GatewayClass = Shape<typeof gatewayClass>;

export const referenceGrant = obj({ from: list(objectRef), to: list(objectRef) });
export type ReferenceGrant = Shape<typeof referenceGrant>;

const policyTarget = obj({ group: str, kind: str, name: str, sectionName: str });
export type BackendTarget = Shape<typeof policyTarget>;
export const backendTlsPolicy = obj({
  targetRefs: list(policyTarget),
  validation: obj({
    caCertificateRefs: list(objectRef),
    wellKnownCACertificates: str,
    hostname: str,
    subjectAltNames: list(obj({ type: str, hostname: str, uri: str })),
  }),
});
export type BackendTlsPolicy = Shape<typeof backendTlsPolicy>;
