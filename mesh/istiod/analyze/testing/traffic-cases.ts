import { deprecations } from '../analyzers/deprecations.ts';
import { destinationRuleCertificates } from '../analyzers/destination-rule-certificates.ts';
import { destinationRuleSubsets } from '../analyzers/destination-rule-subsets.ts';
import { serviceEntryAddresses } from '../analyzers/service-entry-addresses.ts';
import { serviceEntryProtocols } from '../analyzers/service-entry-protocols.ts';
import { validationAnalyzers } from '../analyzers/validation.ts';
import { virtualServiceConflicts } from '../analyzers/virtual-service-conflicts.ts';
import { virtualServiceHosts } from '../analyzers/virtual-service-hosts.ts';
import { virtualServiceSubsets } from '../analyzers/virtual-service-subsets.ts';
import type { Analyzer } from '../context.ts';
import type { Case } from './case.ts';

/** The analyzer that asks the webhook about one kind. */
const validation = (kind: string): Analyzer =>
  validationAnalyzers.find(({ inputs }) => inputs[0] === kind) ?? virtualServiceConflicts;
const to = (host: string, more = '') => `{destination: {host: ${host}${more}}}`;
const vs = (ref: string, text: string) => `VirtualService ${ref} {spec: {${text}}}`;
const http = (legs: string) => `http: [{route: [${legs}]}]`;

export const trafficCases: Case[] = [
  {
    name: 'two VirtualServices of one host, one of them by its short name',
    from: 'virtualservice_conflictingmeshgatewayhosts.yaml',
    analyzer: virtualServiceConflicts,
    given: [vs('a/one', 'hosts: [web]'), vs('b/two', 'hosts: [web.a.svc.cluster.local], gateways: [mesh, g]')],
    want: [
      'IST0109 VirtualService a/one spec.hosts: a/one,b/two | */web.a.svc.cluster.local',
      'IST0109 VirtualService b/two spec.hosts: a/one,b/two | */web.a.svc.cluster.local',
    ],
  },
  {
    name: 'one of two VirtualServices is of a gateway only',
    from: 'virtualservice_conflictingmeshgatewayhosts.yaml',
    analyzer: virtualServiceConflicts,
    given: [vs('a/one', 'hosts: [a.test]'), vs('a/two', 'hosts: [a.test], gateways: [g]')],
    want: [],
  },
  {
    name: 'both are private to different namespaces',
    from: 'virtualservice_conflictingmeshgatewayhosts_with_exportto.yaml',
    analyzer: virtualServiceConflicts,
    given: [vs('a/one', 'hosts: [a.test], exportTo: ["."]'), vs('b/two', 'hosts: [a.test], exportTo: ["."]')],
    want: [],
  },
  {
    name: 'a private one under a wildcard that all see',
    from: 'virtualservice_conflictingmeshgatewayhosts_with_exportto.yaml',
    analyzer: virtualServiceConflicts,
    given: [vs('a/one', 'hosts: [x.a.test], exportTo: [c]'), vs('b/two', 'hosts: ["*.a.test"]')],
    want: [
      'IST0109 VirtualService a/one spec.hosts: a/one,b/two | c/x.a.test',
      'IST0109 VirtualService b/two spec.hosts: a/one,b/two | c/x.a.test',
    ],
  },
  {
    name: 'hosts that exist: a service, an entry, a wildcard',
    from: 'virtualservice_destinationhosts.yaml',
    analyzer: virtualServiceHosts,
    given: [
      'Service a/web {spec: {ports: [{port: 80}]}}',
      'ServiceEntry b/ext {spec: {hosts: [a.test, "*.b.test"], ports: [{number: 443}]}}',
      vs('a/x', http([to('web'), to('a.test'), to('x.b.test', ', port: {number: 443}')].join(', '))),
    ],
    want: [],
  },
  {
    name: 'hosts that do not: misspelt, of another namespace, mirrored',
    from: 'virtualservice_destinationhosts.yaml',
    analyzer: virtualServiceHosts,
    given: [
      'Service a/web {spec: {ports: [{port: 80}]}}',
      vs(
        'b/x',
        `tcp: [{route: [${to('web')}]}], http: [{route: [${to('web.a.svc.cluster.local')}], mirror: {host: nobody}}]`,
      ),
    ],
    want: [
      'IST0101 VirtualService b/x spec.tcp[0].route[0].destination.host: host | web',
      'IST0101 VirtualService b/x spec.http[0].mirror.host: mirror host | nobody',
    ],
  },
  {
    name: 'ports: one that is missing, one that must be said',
    from: 'virtualservice_destinationhosts.yaml',
    analyzer: virtualServiceHosts,
    given: [
      'Service a/web {spec: {ports: [{port: 80}, {port: 81}]}}',
      vs('a/x', http(`${to('web', ', port: {number: 90}')}, ${to('web')}`)),
    ],
    want: [
      'IST0101 VirtualService a/x spec.http[0].route[0].destination.port.number: host:port | web:90',
      'IST0112 VirtualService a/x spec.http[0].route[1].destination: web | 80,81',
    ],
  },
  {
    name: 'an entry that is private to another namespace',
    from: 'virtualservice_destinationhosts.yaml',
    analyzer: virtualServiceHosts,
    given: ['ServiceEntry b/ext {spec: {hosts: [a.test], exportTo: ["."]}}', vs('a/x', http(to('a.test')))],
    want: ['IST0101 VirtualService a/x spec.http[0].route[0].destination.host: host | a.test'],
  },
  {
    name: 'a gateway that routes around the split of the mesh',
    from: 'virtualservice_ineffective_ingress_rules.yaml',
    analyzer: virtualServiceHosts,
    given: [
      'Service a/web {spec: {ports: [{port: 80}]}}',
      vs('a/split', `hosts: [web], ${http(to('web', ', subset: v1'))}`),
      vs('a/edge', `hosts: [a.test], gateways: [g], ${http(to('web'))}`),
    ],
    want: ['IST0140 VirtualService a/edge spec.http[0].route[0].destination: a/split | a/edge'],
  },
  {
    name: 'subsets: known by a rule of another namespace, unknown, mirrored',
    from: 'virtualservice_destinationrules.yaml',
    analyzer: virtualServiceSubsets,
    given: [
      'DestinationRule b/r {spec: {host: web.a.svc.cluster.local, subsets: [{name: v1}]}}',
      vs(
        'a/x',
        `http: [{route: [${to('web', ', subset: v1')}, ${to('web', ', subset: v2')}], mirrors: [${to('web', ', subset: v3')}]}]`,
      ),
    ],
    want: [
      'IST0101 VirtualService a/x spec.http[0].route[1].destination.subset: host+subset in destinationrule | web+v2',
      'IST0101 VirtualService a/x spec.http[0].mirrors[0].destination.subset: mirror+subset in destinationrule | web+v3',
    ],
  },
  {
    name: 'rules that are never used, and matches that repeat',
    from: 'virtualservice_dupmatches.yaml',
    analyzer: validation('VirtualService'),
    given: [
      vs(
        'a/x',
        `hosts: [a.test], http: [{match: [{uri: {exact: /}}], route: [${to('b')}]}, {name: two, match: [{uri: {exact: /}}], route: [${to('b')}]}]`,
      ),
    ],
    want: [
      'IST0131 VirtualService a/x spec.http[1].match[0]: "two" | #0 | #0',
      'IST0130 VirtualService a/x spec.http[1]: "two" | all matches used by prior rules',
    ],
  },
  {
    name: 'what the webhook refuses and warns of',
    from: 'schema/validation.go',
    analyzer: validation('AuthorizationPolicy'),
    given: [
      'AuthorizationPolicy a/x {annotations: {istio.io/dry-run: perhaps}, spec: {selector: {}, rules: [{from: [{}]}]}}',
    ],
    want: [
      'IST0133 AuthorizationPolicy a/x spec.selector: workload selector specified without labels',
      'IST0106 AuthorizationPolicy a/x spec.rules[0].from[0]: invalid policy x.a: `from.source` must not be nil, found at rule 0',
    ],
  },
  {
    name: 'an address that is given out, unless a label says no: analysis does not see labels',
    from: 'schema/validation.go',
    analyzer: validation('ServiceEntry'),
    given: [
      'ServiceEntry a/x {labels: {networking.istio.io/enable-autoallocate-ip: "false"}, spec: {hosts: [a.test], resolution: DNS, ports: [{number: 1, name: tcp, protocol: TCP}]}}',
    ],
    want: [],
  },
  {
    name: 'TLS that trusts anybody, for all ports and for one',
    from: 'destinationrule-compound-simple-mutual.yaml',
    analyzer: destinationRuleCertificates,
    given: [
      'DestinationRule a/r {spec: {host: db, trafficPolicy: {tls: {mode: MUTUAL}, portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]}}}',
    ],
    want: [
      'IST0128 DestinationRule a/r spec.trafficPolicy.tls.caCertificates: a/r | a | MUTUAL | db',
      'IST0129 DestinationRule a/r spec.trafficPolicy.portLevelSettings[0].tls.caCertificates: a/r | a | SIMPLE | db | number:443',
    ],
  },
  {
    name: 'a credential counts for selected workloads only',
    from: 'destinationrule-simple-destination-credentialname-selector.yaml',
    analyzer: destinationRuleCertificates,
    given: [
      'DestinationRule a/r {spec: {host: db, workloadSelector: {matchLabels: {a: b}}, trafficPolicy: {tls: {mode: SIMPLE, credentialName: c}}}}',
      'DestinationRule a/s {spec: {host: db, trafficPolicy: {tls: {mode: SIMPLE, credentialName: c}}}}',
      'DestinationRule a/t {spec: {host: db, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}}',
    ],
    want: ['IST0128 DestinationRule a/s spec.trafficPolicy.tls.caCertificates: a/s | a | SIMPLE | db'],
  },
  {
    name: 'subsets by label, by zone of the node, by the selector of an entry; one of nobody',
    from: 'destinationrule-subsets-not-select-pods.yaml',
    analyzer: destinationRuleSubsets,
    given: [
      'Service a/web',
      'ServiceEntry a/ext {spec: {hosts: [a.test], workloadSelector: {labels: {app: ext}}}}',
      'Node n {labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: z}}',
      'Pod a/p {labels: {version: v1}, spec: {nodeName: n}}',
      'DestinationRule a/r {spec: {host: web, subsets: [{name: v1, labels: {version: v1}}, {name: z, labels: {topology.kubernetes.io/zone: z}}, {name: v2, labels: {version: v2}}]}}',
      'DestinationRule a/s {spec: {host: a.test, subsets: [{name: v1, labels: {version: v1}}]}}',
    ],
    want: [
      'IST0173 DestinationRule a/r spec.subsets[2].labels: v2',
      'IST0173 DestinationRule a/s spec.subsets[0].labels: v1',
    ],
  },
  {
    name: 'a rule of nobody',
    from: 'destinationrule-with-ca.yaml',
    analyzer: destinationRuleSubsets,
    given: ['Service a/web', 'DestinationRule b/r {spec: {host: web}}'],
    want: ['IST0174 DestinationRule b/r spec.host: web'],
  },
  {
    name: 'TCP without address',
    from: 'serviceentry-missing-addresses-protocol.yaml',
    analyzer: serviceEntryAddresses,
    given: [
      'ServiceEntry a/x {spec: {hosts: [a.test], ports: [{number: 1, protocol: TCP}, {number: 2, protocol: HTTP}, {number: 3}]}}',
      'ServiceEntry a/y {spec: {hosts: [b.test], addresses: [10.0.0.1], ports: [{number: 1, protocol: TCP}]}}',
      'ServiceEntry a/z {spec: {hosts: [c.test], ports: [{number: 1, protocol: TCP}]}, status: {addresses: [{value: 240.240.0.1}]}}',
    ],
    want: ['IST0134 ServiceEntry a/x spec.ports[0]: ', 'IST0134 ServiceEntry a/x spec.ports[2]: '],
  },
  {
    name: 'proxies that answer DNS with addresses of their own',
    from: 'common/meshconfig.yaml with serviceentry-missing-addresses-protocol.yaml',
    analyzer: serviceEntryAddresses,
    mesh: {
      defaultConfig: {
        proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true', ISTIO_META_DNS_AUTO_ALLOCATE: 'true' },
      },
    },
    given: ['ServiceEntry a/x {spec: {hosts: [a.test], ports: [{number: 1, protocol: TCP}]}}'],
    want: [],
  },
  {
    name: 'one host and port, two protocols; a third where nobody else sees it',
    from: 'serviceentry/conflictingserviceentries.go',
    analyzer: serviceEntryProtocols,
    given: [
      'ServiceEntry a/x {spec: {hosts: [a.test], ports: [{number: 80, protocol: http}]}}',
      'ServiceEntry b/y {spec: {hosts: [a.test], ports: [{number: 80, protocol: TCP}]}}',
      'ServiceEntry c/z {spec: {hosts: [b.test], exportTo: ["."], ports: [{number: 80, protocol: TLS}]}}',
    ],
    want: [
      'IST0177 ServiceEntry a/x spec.ports: a/x, b/y | a.test | 80 | HTTP, TCP',
      'IST0177 ServiceEntry b/y spec.ports: a/x, b/y | a.test | 80 | HTTP, TCP',
    ],
  },
  {
    name: 'fields and kinds that are gone',
    from: 'deprecation.yaml',
    analyzer: deprecations,
    given: [
      vs('a/x', 'http: [{fault: {delay: {percent: 5}}}, {fault: {delay: {percentage: {value: 5}}}}]'),
      'Sidecar a/s {spec: {outboundTrafficPolicy: {egressProxy: {host: a}}}}',
      'CustomResourceDefinition serviceroles.rbac.istio.io {spec: {group: rbac.istio.io, names: {kind: ServiceRole}}}',
    ],
    want: [
      'IST0002 VirtualService a/x spec.http[0].fault.delay.percent: HTTPRoute.fault.delay.percent is deprecated; use HTTPRoute.fault.delay.percentage',
      'IST0002 Sidecar a/s spec.outboundTrafficPolicy.egressProxy: OutboundTrafficPolicy.EgressProxy ignored',
      'IST0002 CustomResourceDefinition serviceroles.rbac.istio.io spec.names.kind: Custom resource type rbac.istio.io ServiceRole is removed',
    ],
  },
];
