import type { JsonObject } from '../../../json.ts';

/** An object that may be in one of several states, or not be at all. */
export interface Slot {
  /** It is there in the beginning, in its first state. */
  base?: boolean;
  /** YAML documents. */
  variants: readonly string[];
}

interface Named {
  kind: string;
  name: string;
}
const networking = 'networking.istio.io/v1';
const security = 'security.istio.io/v1';

const of =
  (apiVersion: string) =>
  ({ kind, name }: Named, bodies: readonly string[], base = false): Slot => {
    const [namespace, own] = name.split('/');
    const metadata = `name: ${own}, namespace: ${namespace}`;
    return {
      base,
      variants: bodies.map((body) =>
        body.startsWith('meta')
          ? `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {${metadata}, ${body.slice(5)}}`
          : `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {${metadata}}, ${body}}`,
      ),
    };
  };
const core = of('v1');
const istio = of(networking);
const policy = of(security);
const slice = of('discovery.k8s.io/v1');
const gateway = of('gateway.networking.k8s.io/v1');

const pod = (labels: string, { ip = '', account = 'app', ready = 'True', more = '' }) =>
  `meta labels: {${labels}}${more}}, spec: {serviceAccountName: ${account}, nodeName: n1, containers: [{name: app, ports: ` +
  `[{name: web, containerPort: 8080}]}]}, status: {${ip && `podIP: ${ip}, `}conditions: [{type: Ready, status: '${ready}'}]}`;

function podSlot(name: string, labels: string, ip: string): Slot {
  const mesh = `${labels}, security.istio.io/tlsMode: istio`;
  return core(
    { kind: 'Pod', name },
    [
      pod(mesh, { ip }),
      pod(mesh, { ip, ready: 'False' }),
      pod(labels, { ip }),
      pod(`${mesh}, tier: gold`, { ip }),
      pod(mesh, { ip, account: 'other' }),
      pod(mesh, {}),
      pod(mesh, { ip, more: ', annotations: {note: x}' }),
      pod(`${mesh}, istio-locality: r.z2`, { ip }),
    ],
    true,
  );
}

const host = (name: string) => `${name}.shop.svc.cluster.local`;

const namespaces: Slot[] = ['shop', 'lab'].map((name) => ({
  base: true,
  variants: [
    `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}}}`,
    `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}, labels: {istio-injection: enabled}}}`,
    `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}, annotations: {networking.istio.io/traffic-distribution: PreferClose}}}`,
  ],
}));
const node: Slot = {
  variants: ['z1', 'z2'].map(
    (zone) =>
      `{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: ${zone}}}}`,
  ),
};

const service = (name: string, bodies: readonly string[]) => core({ kind: 'Service', name }, bodies, true);
const services: Slot[] = [
  service('shop/web', [
    'spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}',
    'spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80, targetPort: web}, {name: tcp, port: 9000}]}',
    "meta annotations: {networking.istio.io/exportTo: '.'}}, spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80}]}",
  ]),
  service('shop/catalog', [
    'spec: {clusterIP: 10.96.0.2, selector: {app: catalog}, ports: [{name: http, port: 80, targetPort: 8080}]}',
    'spec: {clusterIP: 10.96.0.2, selector: {app: catalog}, ports: [{name: http, port: 80, targetPort: 8080}, {name: any, port: 7000}]}',
    "meta annotations: {networking.istio.io/exportTo: '.'}}, spec: {clusterIP: 10.96.0.2, selector: {app: catalog}, ports: [{name: http, port: 80}]}",
    'spec: {clusterIP: 10.96.0.2, selector: {version: v2}, ports: [{name: http, port: 80}], internalTrafficPolicy: Local}',
    'spec: {clusterIP: None, selector: {app: catalog}, ports: [{name: http, port: 80}, {name: tcp, port: 9000}]}',
    `spec: {type: ExternalName, externalName: ${host('web')}, ports: [{name: http, port: 80}]}`,
    'spec: {clusterIP: 10.96.0.2, ports: [{name: http, port: 80}], trafficDistribution: PreferClose}',
  ]),
  service('lab/db', [
    'spec: {clusterIP: None, selector: {app: db}, ports: [{name: tcp, port: 5432}]}',
    'spec: {clusterIP: None, selector: {app: db}, ports: [{name: http, port: 5432}]}',
    'spec: {clusterIP: None, selector: {app: db}, ports: [{name: any, port: 5432}]}',
    'spec: {clusterIP: 10.96.0.5, selector: {app: vm}, ports: [{name: tcp, port: 5432}]}',
  ]),
];

const endpoint = (ip: string, podName: string, ready = true) =>
  `{addresses: [${ip}], conditions: {ready: ${ready}}, nodeName: n1, targetRef: {kind: Pod, name: ${podName}}}`;
const slices = (name: string, ports: string, lists: readonly (readonly string[])[]) => {
  const serviceName = name.split('/')[1]?.replace(/-\d$/, '');
  return slice(
    { kind: 'EndpointSlice', name },
    lists.map(
      (list) =>
        `meta labels: {kubernetes.io/service-name: ${serviceName}}}, addressType: IPv4, ports: ${ports}, endpoints: [${list.join(', ')}]`,
    ),
    true,
  );
};
const v1 = endpoint('10.244.2.1', 'catalog-v1');
const v2 = endpoint('10.244.2.2', 'catalog-v2');
const endpointSlices: Slot[] = [
  slices('shop/catalog-1', '[{name: http, port: 8080}, {name: tcp, port: 9000}]', [
    [v1, v2],
    [v1],
    [v2],
    [],
    [endpoint('10.244.2.1', 'catalog-v1', false), v2],
    [v1, '{addresses: [10.9.9.9], conditions: {ready: true}}'],
    ['{addresses: [10.244.1.1]}', v2],
  ]),
  {
    ...slices('shop/catalog-2', '[{name: http, port: 8080}]', [[v2], [endpoint('10.244.3.1', 'client')]]),
    base: false,
  },
  slices('shop/web-1', '[{name: http, port: 8080}]', [[endpoint('10.244.1.1', 'web-v1')], []]),
  slices('lab/db-1', '[{name: tcp, port: 5432}, {name: http, port: 5432}, {name: any, port: 5432}]', [
    [endpoint('10.244.3.2', 'db-0')],
    [],
    [endpoint('10.244.3.2', 'db-0'), '{addresses: [10.8.8.8]}'],
  ]),
];

const virtualServices: Slot[] = [
  istio({ kind: 'VirtualService', name: 'shop/catalog' }, [
    'spec: {hosts: [catalog], http: [{route: [{destination: {host: catalog, subset: v1}, weight: 90}, {destination: {host: catalog, subset: v2}, weight: 10}]}]}',
    "spec: {hosts: [catalog], exportTo: ['.'], http: [{timeout: 2s, route: [{destination: {host: catalog}}]}]}",
    'spec: {hosts: [catalog, web], exportTo: [lab], http: [{match: [{sourceLabels: {tier: gold}}], route: [{destination: {host: web}}]}]}',
    'spec: {hosts: [catalog], http: [{match: [{uri: {prefix: /d}}], delegate: {name: part, namespace: lab}}, {route: [{destination: {host: catalog}}]}]}',
    'spec: {hosts: [web], http: [{route: [{destination: {host: db.lab.svc.cluster.local, port: {number: 5432}}}]}]}',
    "meta labels: {istio.io/rev: other}}, spec: {hosts: ['*'], http: [{route: [{destination: {host: catalog}}]}]}",
  ]),
  istio({ kind: 'VirtualService', name: 'lab/part' }, [
    `spec: {http: [{match: [{uri: {prefix: /d/e}}], route: [{destination: {host: ${host('web')}}}]}]}`,
    `spec: {exportTo: ['.'], http: [{route: [{destination: {host: ${host('web')}}}]}]}`,
    `spec: {hosts: ['*.shop.svc.cluster.local'], http: [{fault: {abort: {httpStatus: 500}}, route: [{destination: {host: ${host('web')}}}]}]}`,
  ]),
  istio({ kind: 'VirtualService', name: 'lab/tcp' }, [
    `spec: {hosts: [${host('web')}], tcp: [{match: [{port: 9000}], route: [{destination: {host: db, port: {number: 5432}}}]}]}`,
    'spec: {hosts: [ext.test], tls: [{match: [{sniHosts: [ext.test]}], route: [{destination: {host: ext.test, port: {number: 443}}}]}]}',
  ]),
];

const destinationRules: Slot[] = [
  istio({ kind: 'DestinationRule', name: 'shop/catalog' }, [
    'spec: {host: catalog, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}',
    "spec: {host: catalog, exportTo: ['.'], trafficPolicy: {tls: {mode: DISABLE}}}",
    'spec: {host: catalog, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}',
    'spec: {host: catalog, workloadSelector: {matchLabels: {app: web}}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}',
    'spec: {host: catalog, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 2, minHealthPercent: 10}, loadBalancer: {localityLbSetting: {enabled: true}}}}',
    'spec: {host: catalog, exportTo: [lab], subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}]}',
    'spec: {host: catalog, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x}}}}',
  ]),
  istio({ kind: 'DestinationRule', name: 'shop/more' }, [
    'spec: {host: catalog, subsets: [{name: v3, labels: {tier: gold}}]}',
    "spec: {host: '*.shop.svc.cluster.local', trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}}",
  ]),
  istio({ kind: 'DestinationRule', name: 'istio-system/all' }, [
    "spec: {host: '*.local', trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}",
    "spec: {host: '*.local', exportTo: ['.'], trafficPolicy: {tls: {mode: DISABLE}}}",
  ]),
  istio({ kind: 'DestinationRule', name: 'lab/catalog' }, [
    `spec: {host: ${host('catalog')}, trafficPolicy: {tls: {mode: SIMPLE}}}`,
    'spec: {host: db, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}',
  ]),
];

const sidecars: Slot[] = [
  istio({ kind: 'Sidecar', name: 'lab/default' }, [
    "spec: {egress: [{hosts: ['./*']}]}",
    `spec: {egress: [{hosts: ['shop/${host('catalog')}']}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}}`,
    "spec: {egress: [{port: {number: 9080, protocol: HTTP, name: x}, hosts: ['shop/*']}, {hosts: ['./*', 'istio-system/*']}]}",
  ]),
  istio({ kind: 'Sidecar', name: 'shop/web' }, [
    "spec: {workloadSelector: {labels: {app: web}}, egress: [{hosts: ['./*']}]}",
    "spec: {workloadSelector: {labels: {tier: gold}}, egress: [{hosts: ['lab/*']}]}",
    'spec: {workloadSelector: {labels: {app: web}}, ingress: [{port: {number: 8080, protocol: HTTP, name: h}, defaultEndpoint: 127.0.0.1:8081}]}',
  ]),
  istio({ kind: 'Sidecar', name: 'istio-system/default' }, ["spec: {egress: [{hosts: ['./*', 'lab/*']}]}"]),
];

const entries: Slot[] = [
  istio({ kind: 'ServiceEntry', name: 'shop/ext' }, [
    'spec: {hosts: [ext.test], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}',
    'spec: {hosts: [ext.test], resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: 1.2.3.4}, {address: 10.244.1.1}]}',
    "spec: {hosts: ['*.ext.test'], resolution: NONE, exportTo: [lab], ports: [{number: 80, name: http, protocol: HTTP}]}",
    'spec: {hosts: [ext.test], addresses: [240.1.1.1], location: MESH_INTERNAL, resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: a.test, labels: {version: v1}}]}',
  ]),
  istio({ kind: 'ServiceEntry', name: 'lab/selects' }, [
    'spec: {hosts: [vm.test], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 8080, name: http, protocol: HTTP}], workloadSelector: {labels: {app: vm}}}',
    'spec: {hosts: [vm.test, ext.test], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 8080, name: http, protocol: HTTP}], workloadSelector: {labels: {app: client}}}',
    'spec: {hosts: [vm.test], location: MESH_INTERNAL, resolution: NONE, ports: [{number: 8080, name: tcp, protocol: TCP}], workloadSelector: {labels: {app: vm}}}',
    'spec: {hosts: [dns.test], location: MESH_INTERNAL, resolution: DNS, ports: [{number: 8080, name: http, protocol: HTTP}], workloadSelector: {labels: {app: vm}}}',
    `spec: {hosts: [${host('catalog')}], resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: 5.6.7.8}]}`,
  ]),
  istio({ kind: 'ServiceEntry', name: 'shop/same' }, [
    `spec: {hosts: [${host('catalog')}, ext.test], resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: 6.6.6.6}]}`,
  ]),
  istio({ kind: 'WorkloadEntry', name: 'lab/vm' }, [
    'spec: {address: 10.0.0.9, labels: {app: vm}, serviceAccount: vm}',
    'spec: {address: 10.0.0.9, labels: {app: client}}',
    'spec: {address: 10.0.0.8, labels: {app: vm, version: v1}, weight: 5, locality: r/z1}',
  ]),
];

const policies: Slot[] = [
  policy({ kind: 'PeerAuthentication', name: 'istio-system/default' }, [
    'spec: {mtls: {mode: STRICT}}',
    'spec: {mtls: {mode: DISABLE}}',
  ]),
  policy({ kind: 'PeerAuthentication', name: 'shop/default' }, [
    'spec: {mtls: {mode: STRICT}}',
    'spec: {mtls: {mode: DISABLE}}',
    'spec: {selector: {matchLabels: {app: catalog}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}}}',
  ]),
  policy({ kind: 'PeerAuthentication', name: 'lab/default' }, ['spec: {mtls: {mode: DISABLE}}']),
  policy({ kind: 'RequestAuthentication', name: 'shop/jwt' }, [
    "spec: {selector: {matchLabels: {app: web}}, jwtRules: [{issuer: a, jwks: '{}'}]}",
    'spec: {jwtRules: [{issuer: a, jwksUri: https://a.test}]}',
  ]),
  policy({ kind: 'AuthorizationPolicy', name: 'istio-system/deny' }, ['spec: {action: DENY, rules: [{}]}']),
  policy({ kind: 'AuthorizationPolicy', name: 'shop/allow' }, [
    'spec: {rules: [{from: [{source: {namespaces: [lab]}}]}]}',
    'spec: {selector: {matchLabels: {app: catalog}}, action: DENY, rules: [{to: [{operation: {paths: [/x]}}]}]}',
    'spec: {action: CUSTOM, provider: {name: authz}, rules: [{}]}',
  ]),
];

const routes: Slot[] = [
  gateway({ kind: 'HTTPRoute', name: 'shop/route' }, [
    "spec: {parentRefs: [{kind: Service, group: '', name: catalog}], rules: [{backendRefs: [{name: web, port: 80}]}]}",
    "spec: {parentRefs: [{kind: Service, group: '', name: web, port: 80}], rules: [{backendRefs: [{name: catalog, port: 80}, {name: none, port: 80}]}]}",
  ]),
  gateway({ kind: 'HTTPRoute', name: 'lab/route' }, [
    "spec: {parentRefs: [{kind: Service, group: '', name: catalog, namespace: shop}], rules: [{backendRefs: [{name: db, port: 5432}]}]}",
    'spec: {parentRefs: [{kind: ServiceEntry, group: networking.istio.io, name: ext, namespace: shop}], rules: [{backendRefs: [{name: db, port: 5432}]}]}',
  ]),
  gateway({ kind: 'TCPRoute', name: 'lab/route' }, [
    "spec: {parentRefs: [{kind: Service, group: '', name: db}], rules: [{backendRefs: [{name: catalog, namespace: shop, port: 80}]}]}",
  ]),
];

/** Kinds that change configuration in ways of their own. */
const others: Slot[] = [
  of('telemetry.istio.io/v1')({ kind: 'Telemetry', name: 'shop/logs' }, [
    'spec: {accessLogging: [{providers: [{name: envoy}]}]}',
    'spec: {selector: {matchLabels: {app: web}}, accessLogging: [{providers: [{name: envoy}]}]}',
  ]),
  of('networking.istio.io/v1alpha3')({ kind: 'EnvoyFilter', name: 'shop/patch' }, [
    'spec: {configPatches: [{applyTo: CLUSTER, match: {context: SIDECAR_OUTBOUND}, patch: {operation: MERGE, value: {connect_timeout: 3s}}}]}',
    'spec: {workloadSelector: {labels: {app: web}}, configPatches: [{applyTo: HTTP_FILTER, match: {context: SIDECAR_OUTBOUND}, ' +
      "patch: {operation: INSERT_FIRST, value: {name: f, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer}}}}]}",
  ]),
  istio({ kind: 'Gateway', name: 'shop/gateway' }, [
    "spec: {selector: {app: web}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}",
  ]),
];

/** Two namespaces with sidecars in both, and all that may stand in each other's way. */
export const slots: readonly Slot[] = [
  ...namespaces,
  node,
  podSlot('shop/web-v1', 'app: web, version: v1', '10.244.1.1'),
  podSlot('shop/catalog-v1', 'app: catalog, version: v1', '10.244.2.1'),
  podSlot('shop/catalog-v2', 'app: catalog, version: v2', '10.244.2.2'),
  podSlot('lab/client', 'app: client', '10.244.3.1'),
  podSlot('lab/db-0', 'app: db', '10.244.3.2'),
  ...services,
  ...endpointSlices,
  ...virtualServices,
  ...destinationRules,
  ...sidecars,
  ...entries,
  ...policies,
  ...routes,
  ...others,
];

export const meshConfigs: readonly JsonObject[] = [
  {},
  { accessLogFile: '/dev/stdout' },
  { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, trustDomainAliases: ['old'] },
  { extensionProviders: [{ name: 'authz', envoyExtAuthzHttp: { service: 'ext.test', port: 80 } }] },
  { extensionProviders: [{ name: 'authz', envoyExtAuthzGrpc: { service: `shop/${host('web')}`, port: 80 } }] },
];
