const networking = 'apiVersion: networking.istio.io/v1';
const security = 'apiVersion: security.istio.io/v1';

/** A VirtualService of `customers` (or another host) with these HTTP routes, written as flow YAML. */
export const virtualService = (http: string, host = 'customers'): string => `
${networking}
kind: VirtualService
metadata: {name: rules, namespace: shop}
spec: {hosts: [${host}], http: [${http}]}
---`;

export const destinationRule = (spec: string, host = 'customers'): string => `
${networking}
kind: DestinationRule
metadata: {name: ${host}, namespace: shop}
spec: {host: ${host}, ${spec}}
---`;

export const subsets = destinationRule(
  'subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}, {name: v3, labels: {version: v3}}]',
);

export const authorization = (name: string, spec: string): string => `
${security}
kind: AuthorizationPolicy
metadata: {name: ${name}, namespace: shop}
spec: {selector: {matchLabels: {app: customers}}, ${spec}}
---`;

export const peerAuthentication = (mode: string): string => `
${security}
kind: PeerAuthentication
metadata: {name: peers, namespace: shop}
spec: {mtls: {mode: ${mode}}}
---`;

export const object = (kind: string, name: string, spec: string): string => `
${/Authentication|Authorization/.test(kind) ? security : networking}
kind: ${kind}
metadata: {name: ${name}, namespace: shop}
spec: ${spec}
---`;

export const to = (host: string, subset?: string, more = ''): string =>
  `{destination: {host: ${host}${subset === undefined ? '' : `, subset: ${subset}`}}${more}}`;

/** One more Service with HTTP on port 80, of the pods of an app. */
export const service = (name: string, app: string, targetPort: number): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${app}}, ports: [{name: http, port: 80, targetPort: ${targetPort}}]}
---`;
