import type { JsonObject } from '../../json.ts';
import type { Pod } from '../../kube/kinds/pod.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { GATEWAY_CONTROLLER } from '../ingest/gateway-api/classes.ts';
import { revision } from '../inject/required.ts';
import { routerContainer, unprivilegedPorts } from '../inject/router.ts';
import { volumes } from '../inject/sidecar.ts';
import type { MeshConfig } from '../mesh-config.ts';
import type { GatewayInput } from './input.ts';

const nameLabel = 'gateway.networking.k8s.io/gateway-name';
export const managedLabel = 'gateway.istio.io/managed';
const managed = GATEWAY_CONTROLLER.replace('/', '-');

/** ServiceAccount, Deployment and Service of a Gateway (files/kube-gateway.yaml of istio's chart istio-discovery). */
export function gatewayObjects(input: GatewayInput, mesh: MeshConfig): KubeObject[] {
  const { deploymentName, serviceAccount, serviceType, ports, name } = input;
  const selector = { [nameLabel]: name };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(input, serviceAccount) },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(input, deploymentName),
      spec: { selector: { matchLabels: selector }, template: podTemplate(input, mesh) },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(input, deploymentName),
      spec: { ports: ports as unknown as JsonObject[], selector, type: serviceType },
    },
  ];
}

const ownLabels = ({ labels, name, className }: GatewayInput) => ({
  ...labels,
  [nameLabel]: name,
  'gateway.networking.k8s.io/gateway-class-name': className,
  [managedLabel]: managed,
});

function metadata(input: GatewayInput, name: string): KubeObject['metadata'] {
  const { gateway, namespace, annotations } = input;
  const { apiVersion, kind } = gateway;
  const owner = { apiVersion, kind, name: gateway.metadata.name, uid: gateway.metadata.uid ?? '' };
  return { name, namespace, annotations, labels: ownLabels(input), ownerReferences: [owner] };
}

function podTemplate(input: GatewayInput, mesh: MeshConfig): JsonObject {
  const { annotations, deploymentName, namespace, serviceAccount } = input;
  const labels: { [key: string]: string } = {
    'sidecar.istio.io/inject': 'false',
    'service.istio.io/canonical-name': deploymentName,
    'service.istio.io/canonical-revision': 'latest',
    ...ownLabels(input),
  };
  const scraped = { 'prometheus.io/path': '/stats/prometheus', 'prometheus.io/port': '15020' };
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: deploymentName, namespace, annotations },
    spec: { containers: [] },
  };
  return {
    metadata: {
      annotations: { ...annotations, 'istio.io/rev': revision, ...scraped, 'prometheus.io/scrape': 'true' },
      labels,
    },
    spec: {
      securityContext: unprivilegedPorts,
      serviceAccountName: serviceAccount,
      containers: [ownedBy(routerContainer(pod, mesh) as JsonObject, input)],
      volumes,
    },
  };
}

/** The container belongs to the Deployment, which is not there yet when its template is written. */
const ownedBy = (container: JsonObject, { namespace, deploymentName }: GatewayInput): JsonObject => ({
  ...container,
  env: (container.env as JsonObject[]).map((variable) =>
    variable.name === 'ISTIO_META_OWNER'
      ? { ...variable, value: `kubernetes://apis/apps/v1/namespaces/${namespace}/deployments/${deploymentName}` }
      : variable,
  ),
});
