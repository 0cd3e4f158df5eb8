import type { Container, Pod, PodSpec, Probe } from '../kinds/pod.ts';

export const defaultPod = (pod: Pod): Pod =>
  pod.spec ? { ...pod, spec: withServiceAccount(defaultPodSpec(pod.spec)) } : pod;

/** The pod's own, not its template's: the ServiceAccount admission plugin sees pods only. */
function withServiceAccount(spec: PodSpec): PodSpec {
  const serviceAccountName = spec.serviceAccountName ?? spec.serviceAccount ?? 'default';
  return { ...spec, serviceAccountName, serviceAccount: serviceAccountName };
}

export function defaultPodSpec(spec: PodSpec): PodSpec {
  const { serviceAccountName, initContainers } = spec;
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    ...spec,
    ...(serviceAccountName ? { serviceAccount: serviceAccountName } : {}),
    ...(initContainers ? { initContainers: initContainers.map(defaultContainer) } : {}),
    containers: (spec.containers ?? []).map(defaultContainer),
  };
}

function defaultContainer(container: Container): Container {
  const { ports, readinessProbe, livenessProbe, startupProbe } = container;
  return {
    imagePullPolicy: pullPolicy(container.image ?? ''),
    resources: {},
    ...container,
    ...(ports ? { ports: ports.map((port) => ({ protocol: 'TCP', ...port })) } : {}),
    ...(readinessProbe ? { readinessProbe: defaultProbe(readinessProbe) } : {}),
    ...(livenessProbe ? { livenessProbe: defaultProbe(livenessProbe) } : {}),
    ...(startupProbe ? { startupProbe: defaultProbe(startupProbe) } : {}),
  };
}

/** Without a tag, and with `latest`, images are looked up each time. */
function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: Probe): Probe {
  const { httpGet } = probe;
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...probe,
    ...(httpGet ? { httpGet: { path: '/', scheme: 'HTTP', ...httpGet } } : {}),
  };
}
