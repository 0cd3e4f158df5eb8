import { code, goList, quoted } from '../code.ts';

/** Codes of namespaces, pods, deployments, services and their annotations. */
export const workload = {
  NamespaceNotInjected: code<{ namespace: string }>({
    code: 'IST0102',
    name: 'NamespaceNotInjected',
    level: 'Info',
    message: ({ namespace }) =>
      `The namespace is not enabled for Istio injection. Run 'kubectl label namespace ${namespace} istio-injection=enabled' to enable it, or 'kubectl label namespace ${namespace} istio-injection=disabled' to explicitly mark it as not needing injection.`,
    meaning: 'Pods of this namespace start without a sidecar.',
    fix: 'Label the namespace one way or the other.',
  }),
  PodMissingProxy: code<{ pod: string }>({
    code: 'IST0103',
    name: 'PodMissingProxy',
    level: 'Warning',
    message: ({ pod }) =>
      `The pod ${pod} is missing the Istio proxy. This can often be resolved by restarting or redeploying the workload.`,
    meaning: 'The pod is older than the injection of its namespace, and is no part of the mesh.',
    fix: 'Restart it: kubectl rollout restart.',
  }),
  MisplacedAnnotation: code<{ annotation: string; kinds: string }>({
    code: 'IST0107',
    name: 'MisplacedAnnotation',
    level: 'Warning',
    message: ({ annotation, kinds }) => `Misplaced annotation: ${annotation} can only be applied to ${kinds}`,
    meaning: 'Nobody reads the annotation on this kind of object.',
    fix: "Move it; what is meant for pods stands in the template's metadata.",
  }),
  UnknownAnnotation: code<{ annotation: string }>({
    code: 'IST0108',
    name: 'UnknownAnnotation',
    level: 'Warning',
    message: ({ annotation }) => `Unknown annotation: ${annotation}`,
    meaning: 'Istio knows no such annotation; it has no effect.',
    fix: 'Correct its spelling, or delete it.',
  }),
  DeploymentAssociatedToMultipleServices: code<{ deployment: string; port: number; services: readonly string[] }>({
    code: 'IST0116',
    name: 'DeploymentAssociatedToMultipleServices',
    level: 'Warning',
    message: ({ deployment, port, services }) =>
      `This deployment ${deployment} is associated with multiple services using port ${port} but different protocols: ${goList(services)}`,
    meaning: 'A port of a pod can speak only one protocol with its sidecar.',
    fix: 'Let the services agree on the protocol of the port.',
  }),
  PortNameIsNotUnderNamingConvention: code<{ name: string; port: number; targetPort: string }>({
    code: 'IST0118',
    name: 'PortNameIsNotUnderNamingConvention',
    level: 'Info',
    message: ({ name, port, targetPort }) =>
      `Port name ${name} (port: ${port}, targetPort: ${targetPort}) doesn't follow the naming convention of Istio port.`,
    meaning: 'The protocol is guessed from the first bytes of each connection.',
    fix: 'Name the port protocol[-suffix], such as http-web, or set appProtocol.',
  }),
  NamespaceMultipleInjectionLabels: code<{ labels: readonly string[] }>({
    code: 'IST0123',
    name: 'NamespaceMultipleInjectionLabels',
    level: 'Warning',
    message: ({ labels }) =>
      `The namespace has more than one type of injection labels ${goList(labels)}, which may lead to undefined behavior. Make sure only one injection label exists.`,
    meaning: 'istio-injection wins over istio.io/rev, and a sidecar over ambient mode.',
    fix: 'Remove all but one of the labels.',
  }),
  InvalidAnnotation: code<{ annotation: string; problem: string }>({
    code: 'IST0125',
    name: 'InvalidAnnotation',
    level: 'Warning',
    message: ({ annotation, problem }) => `Invalid annotation ${annotation}: ${problem}`,
    meaning: 'Injection refuses the value, so that the pod cannot be created.',
    fix: 'Write a value of the form that the message asks for.',
  }),
  DeprecatedAnnotation: code<{ annotation: string; instead: string }>({
    code: 'IST0135',
    name: 'DeprecatedAnnotation',
    level: 'Info',
    message: ({ annotation, instead }) =>
      `Annotation ${quoted(annotation)} has been deprecated${instead} and may not work in future Istio versions.`,
    meaning: 'It works today.',
    fix: 'Use what replaced it.',
  }),
  DeploymentConflictingPorts: code<{
    deployment: string;
    services: readonly string[];
    targetPort: string;
    ports: readonly number[];
  }>({
    code: 'IST0137',
    name: 'DeploymentConflictingPorts',
    level: 'Warning',
    message: ({ deployment, services, targetPort, ports }) =>
      `This deployment ${deployment} is associated with multiple services ${goList(services)} using targetPort ${quoted(targetPort)} but different ports: ${goList(ports)}.`,
    meaning: 'The sidecar has one inbound configuration for the target port, made from one of the services.',
    fix: 'Use one service port for the target port.',
  }),
  InvalidApplicationUID: code({
    code: 'IST0144',
    name: 'InvalidApplicationUID',
    level: 'Warning',
    message: () => 'User ID (UID) 1337 is reserved for the sidecar proxy.',
    meaning: 'Traffic of this user is not captured: the application goes around its sidecar.',
    fix: 'Run the application as another user.',
  }),
  ImageAutoWithoutInjectionWarning: code<{ kind: string; object: string }>({
    code: 'IST0146',
    name: 'ImageAutoWithoutInjectionWarning',
    level: 'Warning',
    message: ({ kind, object }) =>
      `${kind} ${object} contains \`image: auto\` but does not match any Istio injection webhook selectors.`,
    meaning: 'Nobody replaces the image, so that its pods cannot be pulled.',
    fix: 'Add the label sidecar.istio.io/inject: "true", or label the namespace.',
  }),
  ImageAutoWithoutInjectionError: code<{ kind: string; object: string }>({
    code: 'IST0147',
    name: 'ImageAutoWithoutInjectionError',
    level: 'Error',
    message: ({ kind, object }) =>
      `${kind} ${object} contains \`image: auto\` but does not match any Istio injection webhook selectors.`,
    meaning: 'The pod was created without injection and waits for an image named auto.',
    fix: 'Make injection apply to it, and create it again.',
  }),
  NamespaceInjectionEnabledByDefault: code({
    code: 'IST0148',
    name: 'NamespaceInjectionEnabledByDefault',
    level: 'Info',
    message: () => 'is enabled for Istio injection, as Istio is installed with enableNamespacesByDefault as true.',
    meaning: 'The namespace has no label, and its pods get sidecars all the same.',
    fix: 'Nothing, if that is meant; else label it istio-injection=disabled.',
  }),
  ExternalNameServiceTypeInvalidPortName: code({
    code: 'IST0150',
    name: 'ExternalNameServiceTypeInvalidPortName',
    level: 'Warning',
    message: () =>
      'Port name for ExternalName service is invalid. Proxy may prevent tcp named ports and unmatched traffic for ports serving TCP protocol from being forwarded correctly',
    meaning: 'A TCP listener without an address takes all traffic to its port.',
    fix: 'Name the port by its protocol, such as http or tls.',
  }),
  PodsIstioProxyImageMismatchInNamespace: code<{ pods: readonly string[] }>({
    code: 'IST0158',
    name: 'PodsIstioProxyImageMismatchInNamespace',
    level: 'Warning',
    message: ({ pods }) =>
      `The Istio proxy images of the pods running in the namespace do not match the image defined in the injection configuration (pod names: ${goList(pods)}). This often happens after upgrading the Istio control-plane and can be fixed by redeploying the pods.`,
    meaning: 'These pods run the proxy of another Istio version.',
    fix: 'Restart them: kubectl rollout restart.',
  }),
};
