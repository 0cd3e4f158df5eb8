import { annotations } from '../analyzers/annotations.ts';
import { applicationUser } from '../analyzers/application-user.ts';
import { deploymentServices } from '../analyzers/deployment-services.ts';
import { externalControlPlane } from '../analyzers/external-control-plane.ts';
import { imageAuto } from '../analyzers/image-auto.ts';
import { namespaceInjection } from '../analyzers/namespace-injection.ts';
import { proxyImages } from '../analyzers/proxy-images.ts';
import { servicePorts } from '../analyzers/service-ports.ts';
import { webhooks } from '../analyzers/webhooks.ts';
import type { Case } from './case.ts';

const on = '{labels: {istio-injection: enabled}}';
const proxy = (image: string) => `{containers: [{name: app, image: a}, {name: istio-proxy, image: "${image}"}]}`;
const injector = (values: object, name = 'istio-sidecar-injector') =>
  `ConfigMap istio-system/${name} {data: {values: '${JSON.stringify(values)}'}}`;
const template = (labels: string, spec = '{}') => `{spec: {template: {metadata: {labels: ${labels}}, spec: ${spec}}}}`;
const hook = (name: string, more: string) => `{name: ${name}, ${more}}`;

export const workloadCases: Case[] = [
  {
    name: 'namespaces: undecided, decided, with two labels',
    from: 'injection.yaml',
    analyzer: namespaceInjection,
    given: [
      'Namespace a',
      `Namespace b ${on}`,
      'Namespace c {labels: {istio-injection: disabled, istio.io/rev: x}}',
      'Namespace d {labels: {istio-injection: enabled, istio.io/rev: x}}',
      'Namespace e {labels: {istio.io/dataplane-mode: ambient}}',
      'Namespace istio-system',
    ],
    want: [
      'IST0102 Namespace a metadata.labels: a',
      'IST0123 Namespace d metadata.labels: istio-injection=enabled,istio.io/rev=x',
    ],
  },
  {
    name: 'pods without a sidecar where there should be one',
    from: 'injection.yaml',
    analyzer: namespaceInjection,
    given: [
      `Namespace a ${on}`,
      'Pod a/bare {spec: {containers: [{name: app, image: a}]}}',
      'Pod a/host {spec: {hostNetwork: true}}',
      'Pod a/out {labels: {sidecar.istio.io/inject: "false"}}',
      `Pod a/in {spec: ${proxy('p')}}`,
      'Pod a/native {spec: {initContainers: [{name: istio-proxy, image: p}]}}',
      'Pod b/other',
    ],
    want: ['IST0103 Pod a/bare : a/bare'],
  },
  {
    name: 'injection everywhere',
    from: 'common/sidecar-injector-enabled-nsbydefault.yaml',
    analyzer: namespaceInjection,
    given: ['Namespace a', injector({ sidecarInjectorWebhook: { enableNamespacesByDefault: true } })],
    want: ['IST0148 Namespace a : '],
  },
  {
    name: 'sidecars of another version, by revision and image type',
    from: 'injection-with-mismatched-sidecar.yaml, injection-image-distroless.yaml',
    analyzer: proxyImages,
    mesh: { defaultConfig: { image: { imageType: 'distroless' } } },
    given: [
      `Namespace a ${on}`,
      'Namespace b {labels: {istio.io/rev: canary}}',
      injector({ global: { hub: 'h', tag: '2', proxy: { image: 'proxyv2' } } }),
      injector({ global: { proxy: { image: 'x/own:3' } } }, 'istio-sidecar-injector-canary'),
      `Pod a/old {spec: ${proxy('h/proxyv2:1')}}`,
      `Pod a/new {spec: ${proxy('h/proxyv2:2')}}`,
      `Pod a/small {spec: ${proxy('h/proxyv2:2-distroless')}}`,
      `Pod a/own {annotations: {sidecar.istio.io/proxyImage: y}, spec: ${proxy('y')}}`,
      `Pod a/debug {annotations: {proxy.istio.io/config: "{image: {imageType: debug}}"}, spec: ${proxy('h/proxyv2:2-distroless')}}`,
      `Pod b/q {spec: ${proxy('h/proxyv2:2')}}`,
      'ProxyConfig c/pc {spec: {image: {imageType: debug}}}',
    ],
    want: ['IST0158 Namespace a : debug,old', 'IST0158 Namespace b : q'],
  },
  {
    name: 'image: auto in a pod, and in deployments with and without injection',
    from: 'image-auto.yaml',
    analyzer: imageAuto,
    given: [
      `Namespace a ${on}`,
      'Namespace b',
      'MutatingWebhookConfiguration m {webhooks: [{name: namespace.sidecar-injector.istio.io, namespaceSelector: {matchLabels: {istio-injection: enabled}}, objectSelector: {matchExpressions: [{key: sidecar.istio.io/inject, operator: NotIn, values: ["false"]}]}}]}',
      `Pod a/p {spec: ${proxy('auto')}}`,
      `Deployment a/in ${template('{app: a}', proxy('auto'))}`,
      `Deployment a/out ${template('{sidecar.istio.io/inject: "false"}', proxy('auto'))}`,
      `Deployment b/other ${template('{app: a}', proxy('auto'))}`,
    ],
    want: [
      'IST0147 Pod a/p spec.containers[1].image: Pod | p',
      'IST0146 Deployment a/out spec.template.spec.containers[1].image: Deployment | out',
      'IST0146 Deployment b/other spec.template.spec.containers[1].image: Deployment | other',
    ],
  },
  {
    name: "applications that run as the sidecar's user",
    from: 'deployment-pod-sec-uid.yaml, pod-sec-uid.yaml',
    analyzer: applicationUser,
    given: [
      'Pod a/p {spec: {securityContext: {runAsUser: 1337}}}',
      'Pod a/ok {spec: {containers: [{name: istio-proxy, securityContext: {runAsUser: 1337}}, {name: app, securityContext: {runAsUser: 1338}}]}}',
      'Pod a/gw {labels: {istio: gw}, spec: {securityContext: {runAsUser: 1337}}}',
      `Deployment a/d ${template('{}', '{containers: [{name: app, securityContext: {runAsUser: 1337}}]}')}`,
    ],
    want: [
      'IST0144 Pod a/p spec.securityContext.runAsUser: ',
      'IST0144 Deployment a/d spec.template.spec.containers[0].securityContext.runAsUser: ',
    ],
  },
  {
    name: 'services that disagree about a port',
    from: 'deployment-multi-service.yaml',
    analyzer: deploymentServices,
    given: [
      `Namespace a ${on}`,
      `Deployment a/d ${template('{app: a}')}`,
      `Deployment b/d ${template('{app: a}')}`,
      `Deployment a/waypoint {labels: {gateway.istio.io/managed: istio.io-mesh-controller}}`,
      'Service a/tcp {spec: {selector: {app: a}, ports: [{port: 80}, {port: 90, targetPort: 8080}]}}',
      'Service a/udp {spec: {selector: {app: a}, ports: [{port: 80, protocol: UDP}, {port: 91, targetPort: 8080}]}}',
      'Service a/none {spec: {ports: [{port: 80, protocol: SCTP}]}}',
      'Service b/udp {spec: {selector: {app: a}, ports: [{port: 80, protocol: UDP}, {port: 81, targetPort: 80}]}}',
    ],
    want: ['IST0116 Deployment a/d : d | 80 | a/tcp,a/udp', 'IST0137 Deployment a/d : d | a/tcp,a/udp | 8080 | 90,91'],
  },
  {
    name: 'port names',
    from: 'service-no-port-name.yaml, service-port-name.yaml',
    analyzer: servicePorts,
    given: [
      'Service a/s {spec: {ports: [{name: http-web, port: 80}, {name: web, port: 81, targetPort: x}, {port: 3306}, {name: web, port: 82, appProtocol: http}, {name: u, port: 5, protocol: UDP}]}}',
      'Service a/istiod {labels: {istio: pilot}, spec: {ports: [{port: 1}]}}',
      'Service a/waypoint {labels: {gateway.istio.io/managed: istio.io-mesh-controller}, spec: {ports: [{port: 1}]}}',
    ],
    want: ['IST0118 Service a/s spec.ports[1].name: web | 81 | x'],
  },
  {
    name: 'port names of ExternalName',
    from: 'incorrect-port-name-external-name-service-type.yaml',
    analyzer: servicePorts,
    given: [
      'Service a/s {spec: {type: ExternalName, ports: [{name: tcp, port: 1}, {name: http, port: 2}, {port: 4}]}}',
    ],
    want: ['IST0150 Service a/s spec.ports[0].name: ', 'IST0150 Service a/s spec.ports[2].port: '],
  },
  {
    name: 'annotations: unknown, misplaced, deprecated, wrong, fine',
    from: 'misannotated.yaml',
    analyzer: annotations,
    given: [
      'Service a/s {annotations: {networking.istio.io/exportTwo: x, sidecar.istio.io/inject: "true", example.com/x: y}}',
      'Pod a/p {labels: {sidecar.istio.io/inject: "true"}, annotations: {sidecar.istio.io/inject: "true", sidecar.istio.io/status: x, sidecar.istio.io/proxyCPU: 1x, galley.istio.io/analyze-suppress: IST0001}}',
      'Deployment a/d {annotations: {traffic.sidecar.istio.io/excludeInboundPorts: "80"}}',
      'Namespace n {annotations: {topology.istio.io/controlPlaneClusters: a, kubernetes.io/ingress.class: x}}',
    ],
    want: [
      'IST0107 Namespace n metadata.annotations[kubernetes.io/ingress.class]: kubernetes.io/ingress.class | Ingress',
      'IST0108 Service a/s metadata.annotations[networking.istio.io/exportTwo]: networking.istio.io/exportTwo',
      'IST0135 Service a/s metadata.annotations[sidecar.istio.io/inject]: sidecar.istio.io/inject |  in favor of the "sidecar.istio.io/inject" label',
      'IST0107 Service a/s metadata.annotations[sidecar.istio.io/inject]: sidecar.istio.io/inject | Pod',
      "IST0125 Pod a/p metadata.annotations[sidecar.istio.io/proxyCPU]: sidecar.istio.io/proxyCPU | quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      'IST0107 Deployment a/d metadata.annotations[traffic.sidecar.istio.io/excludeInboundPorts]: traffic.sidecar.istio.io/excludeInboundPorts | Pod',
    ],
  },
  {
    name: 'webhooks that meet',
    from: 'webhook.yaml',
    analyzer: webhooks,
    given: [
      'Service istio-system/istiod',
      `MutatingWebhookConfiguration a {webhooks: [${hook('sidecar.istio.io', 'namespaceSelector: {matchLabels: {istio-injection: enabled}}, clientConfig: {service: {namespace: istio-system, name: istiod}}')}]}`,
      `MutatingWebhookConfiguration b {webhooks: [${hook('x.istio.io', 'objectSelector: {matchLabels: {sidecar.istio.io/inject: "true"}}, clientConfig: {url: "https://a.test"}')}]}`,
      `MutatingWebhookConfiguration c {webhooks: [${hook('example.com', 'clientConfig: {}')}]}`,
    ],
    want: [
      'IST0139 MutatingWebhookConfiguration a webhooks[0]: Webhook overlaps with others: [b/x.istio.io]. This may cause injection to occur twice.',
      'IST0139 MutatingWebhookConfiguration b webhooks[0]: Webhook overlaps with others: [a/sidecar.istio.io]. This may cause injection to occur twice.',
    ],
  },
  {
    name: 'revisions keep webhooks apart; one asks a service that is gone',
    from: 'webhook.yaml',
    analyzer: webhooks,
    given: ['one', 'two'].map(
      (rev) =>
        `MutatingWebhookConfiguration ${rev} {webhooks: [${hook('rev.istio.io', `namespaceSelector: {matchExpressions: [{key: istio.io/rev, operator: In, values: [${rev}]}]}, clientConfig: {${rev === 'one' ? 'url: "https://a.test"' : 'service: {namespace: istio-system, name: istiod-two}'}}`)}]}`,
    ),
    want: [
      'IST0139 MutatingWebhookConfiguration two webhooks[0].clientConfig.service: Injector refers to a control plane service that does not exist: istio-system/istiod-two.',
    ],
  },
  {
    name: 'a control plane elsewhere: no URL, an address, a name',
    from: 'externalcontrolplane-missing-urls.yaml, externalcontrolplane-using-ip-addr.yaml',
    analyzer: externalControlPlane,
    given: [
      `ValidatingWebhookConfiguration istio-validator-external {webhooks: [${hook('v', 'clientConfig: {}')}]}`,
      `ValidatingWebhookConfiguration others {webhooks: [${hook('v', 'clientConfig: {}')}]}`,
      `MutatingWebhookConfiguration istio-sidecar-injector-x {webhooks: [${hook('a', 'clientConfig: {url: "https://10.0.0.1:15017/inject"}')}, ${hook('b', 'clientConfig: {url: "https://a.test/inject"}')}, ${hook('c', 'clientConfig: {service: {name: istiod}}')}]}`,
    ],
    want: [
      'IST0163 ValidatingWebhookConfiguration istio-validator-external webhooks[0].clientConfig:  | v | is blank',
      'IST0164 MutatingWebhookConfiguration istio-sidecar-injector-x webhooks[0].clientConfig.url: https://10.0.0.1:15017/inject | a',
    ],
  },
];
