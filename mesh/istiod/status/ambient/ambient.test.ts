import { describe, expect, it } from 'vitest';
import { objectsOf } from '../../../../test/support/istiod-mesh.ts';
import { installedMeshConfig } from '../../mesh-config.ts';
import { buildSnapshot } from '../../snapshot/build.ts';
import { gatewayStatuses } from '../statuses.ts';

/** A mesh with a waypoint `shop/way`, Services that ask for one, and what the case adds. */
const given = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio.io/use-waypoint: way}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bank}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: istio-waypoint}, spec: {controllerName: istio.io/mesh-controller}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: way, namespace: shop}, spec: {gatewayClassName: istio-waypoint,
  listeners: [{name: mesh, port: 15008, protocol: HBONE}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: way, namespace: shop, labels: {gateway.istio.io/managed: istio.io-mesh-controller}},
  spec: {clusterIP: 10.96.0.1, selector: {app: way}, ports: [{name: mesh, port: 15008, appProtocol: hbone}]}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: way-1, namespace: shop, labels: {kubernetes.io/service-name: way}},
  addressType: IPv4, ports: [{name: mesh, port: 15008}], endpoints: [{addresses: [10.244.1.1], conditions: {ready: true}}]}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 10.96.0.2, ports: [{name: http, port: 80}]}}
`;
const policy = (spec: string, meta = '') =>
  `{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: p, namespace: shop${meta}}, spec: ${spec}}`;
const service = (labels: string, namespace = 'shop') =>
  `{apiVersion: v1, kind: Service, metadata: {name: s, namespace: ${namespace}, labels: {${labels}}}, spec: {clusterIP: 10.96.0.3, ports: [{name: http, port: 80}]}}`;

function conditionOf(text: string, kind: string, name: string): string | undefined {
  const objects = objectsOf([given, text].join('\n---\n'));
  const statuses = gatewayStatuses(buildSnapshot(objects, installedMeshConfig({}, [], 'ambient')), { time: '' });
  const { conditions } = statuses.find((s) => s.kind === kind && s.name === name)?.status ?? {};
  const [first] = Array.isArray(conditions) ? (conditions as { [field: string]: string }[]) : [];
  return first && `${first.type}=${first.status} ${first.reason}: ${first.message}`;
}

type Row = [name: string, object: string, want: string | undefined];

// istio pilot/pkg/serviceregistry/ambient/authorization.go, policies.go.
describe('who enforces a policy', () => {
  it.each<Row>([
    [
      'ztunnels',
      policy('{rules: [{from: [{source: {principals: [a]}}]}]}'),
      'ZtunnelAccepted=True Accepted: attached to ztunnel',
    ],
    [
      'nobody, for CUSTOM',
      policy('{action: CUSTOM, provider: {name: x}, rules: [{}]}'),
      'ZtunnelAccepted=False UnsupportedValue: ztunnel does not support the CUSTOM action',
    ],
    [
      'nobody, for a dry run',
      policy('{rules: [{}]}', ', annotations: {istio.io/dry-run: "true"}'),
      'ZtunnelAccepted=False UnsupportedValue: found policy "shop/p" using dry-run annotation, but support for ambient dry-run authorizationPolicies isn\'t enabled',
    ],
    [
      'ztunnels, without what is HTTP',
      policy('{action: DENY, rules: [{to: [{operation: {ports: ["80"], methods: [GET]}}]}]}'),
      'ZtunnelAccepted=True UnsupportedValue: ztunnel does not support HTTP attributes (found: methods). In ambient mode you must use a waypoint proxy to enforce HTTP rules. DENY policy with HTTP attributes is enforced without the HTTP rules. This will be more restrictive than requested.',
    ],
    [
      'ztunnels, but nothing is left',
      policy(
        '{action: DENY, rules: [{to: [{operation: {paths: [/x]}}], when: [{key: request.headers, values: [a]}]}]}',
      ),
      'ZtunnelAccepted=True UnsupportedValue: ztunnel does not support HTTP attributes (found: paths, request.headers). In ambient mode you must use a waypoint proxy to enforce HTTP rules. After omitting unsupported HTTP attributes, this DENY policy has no enforceable rules at ztunnel and will have no effect. Deploy a waypoint proxy and use a targetRef to enforce this policy.',
    ],
    [
      'the waypoint of a Service',
      policy('{targetRefs: [{kind: Service, group: "", name: web}]}'),
      'WaypointAccepted=True Accepted: bound to shop/way',
    ],
    [
      'no waypoint: there is no such Service',
      policy('{targetRefs: [{kind: Service, group: "", name: gone}]}'),
      'WaypointAccepted=False TargetNotFound: Service shop/gone was not found',
    ],
    [
      'some of two',
      policy(
        '{targetRefs: [{kind: Service, group: "", name: gone}, {kind: Gateway, group: gateway.networking.k8s.io, name: way}]}',
      ),
      'WaypointAccepted=True PartiallyInvalid: Invalid targetRefs: Service.core:shop/gone',
    ],
    [
      'no class outside of the root namespace',
      policy('{targetRefs: [{kind: GatewayClass, group: gateway.networking.k8s.io, name: istio-waypoint}]}'),
      'WaypointAccepted=False Invalid: AuthorizationPolicy must be in the root namespace `istio-system` when referencing a GatewayClass',
    ],
  ])('%s', (_, object, want) => expect(conditionOf(object, 'AuthorizationPolicy', 'p')).toBe(want));
});

// istio pilot/pkg/serviceregistry/ambient/waypoints.go, fetchWaypointForService; status.go.
describe('the waypoint of a Service', () => {
  it.each<Row>([
    [
      'its namespace’s',
      service(''),
      'istio.io/WaypointBound=True WaypointAccepted: Successfully attached to waypoint shop/way',
    ],
    ['none, by its own wish', service('istio.io/use-waypoint: none'), undefined],
    [
      'one that is not there',
      service('istio.io/use-waypoint: gone'),
      'istio.io/WaypointBound=False WaypointIsNotReady: waypoint "shop/gone" is not ready',
    ],
    [
      'one that does not take it',
      service('istio.io/use-waypoint: way, istio.io/use-waypoint-namespace: shop', 'bank'),
      'istio.io/WaypointBound=False AttachmentDenied: we are not permitted to attach to waypoint "shop/way" (missing allowedRoutes?)',
    ],
    [
      'with traffic of gateways',
      service('istio.io/ingress-use-waypoint: "true"'),
      'istio.io/WaypointBound=True WaypointAccepted: Successfully attached to waypoint shop/way. Ingress traffic will traverse the waypoint',
    ],
  ])('%s', (_, object, want) => expect(conditionOf(object, 'Service', 's')).toBe(want));
});
