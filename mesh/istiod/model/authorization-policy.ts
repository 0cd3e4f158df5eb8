import { list, map, obj, type Shape, str } from './shape.ts';

/** What a security policy may name instead of selecting by labels; for gateways and waypoints. */
export const policyTarget = obj({ group: str, kind: str, name: str, namespace: str });
export type PolicyTarget = Shape<typeof policyTarget>;
export const attachment = {
  selector: obj({ matchLabels: map(str) }),
  targetRef: policyTarget,
  targetRefs: list(policyTarget),
};

const strings = list(str);
const source = obj({
  principals: strings,
  notPrincipals: strings,
  requestPrincipals: strings,
  notRequestPrincipals: strings,
  namespaces: strings,
  notNamespaces: strings,
  serviceAccounts: strings,
  notServiceAccounts: strings,
  trustDomains: strings,
  notTrustDomains: strings,
  ipBlocks: strings,
  notIpBlocks: strings,
  remoteIpBlocks: strings,
  notRemoteIpBlocks: strings,
});
const operation = obj({
  hosts: strings,
  notHosts: strings,
  ports: strings,
  notPorts: strings,
  methods: strings,
  notMethods: strings,
  paths: strings,
  notPaths: strings,
});
export type Source = Shape<typeof source>;
export type Operation = Shape<typeof operation>;

const rule = obj({
  from: list(obj({ source })),
  to: list(obj({ operation })),
  when: list(obj({ key: str, values: strings, notValues: strings })),
});
export type AuthorizationRule = Shape<typeof rule>;

/** security.istio.io/v1 AuthorizationPolicy. */
export const authorizationPolicy = obj({ ...attachment, action: str, rules: list(rule), provider: obj({ name: str }) });
export type AuthorizationPolicy = Shape<typeof authorizationPolicy>;
