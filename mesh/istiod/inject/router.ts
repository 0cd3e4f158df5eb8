import type { JsonObject } from '../../json.ts';
import type { Container, Pod } from '../../kube/kinds/pod.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { annotation, environment, proxyImage, resources, volumeMounts } from './sidecar.ts';

const port = (containerPort: number, name: string) => ({ name, containerPort, protocol: 'TCP' });
const readiness: JsonObject = { httpGet: { path: '/healthz/ready', port: 15021, scheme: 'HTTP' } };

/** The proxy of a gateway: files/gateway-injection-template.yaml and files/kube-gateway.yaml of istio's chart istio-discovery. */
export function routerContainer(pod: Pod, mesh: MeshConfig): Container {
  const level = (flag: string, name: string, otherwise: string) =>
    `${flag}=${annotation(pod, `sidecar.istio.io/${name}`, otherwise)}`;
  return {
    name: 'istio-proxy',
    image: annotation(pod, 'sidecar.istio.io/proxyImage', proxyImage),
    ports: [port(15020, 'metrics'), port(15021, 'status-port'), port(15090, 'http-envoy-prom')],
    args: [
      ...['proxy', 'router', '--domain', '$(POD_NAMESPACE).svc.cluster.local'],
      level('--proxyLogLevel', 'logLevel', 'warning'),
      level('--proxyComponentLogLevel', 'componentLogLevel', 'misc:error'),
      level('--log_output_level', 'agentLogLevel', 'default:info'),
    ],
    env: environment(pod, mesh),
    startupProbe: { ...readiness, failureThreshold: 30, initialDelaySeconds: 1, periodSeconds: 1, timeoutSeconds: 1 },
    readinessProbe: { ...readiness, failureThreshold: 4, periodSeconds: 15, timeoutSeconds: 1 },
    resources: resources(pod),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      ...{ runAsNonRoot: true, runAsUser: 1337, runAsGroup: 1337 },
    },
    volumeMounts,
  };
}

/** Gateways listen on ports below 1024 without being root. */
export const unprivilegedPorts: JsonObject = {
  sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
};
