import { isObject, type JsonObject, objects } from '../../json.ts';
import type { ServicePort } from '../../kube/kinds/service.ts';
import type { KubeObject } from '../../kube/objects.ts';

type Texts = { [key: string]: string };

/** What the objects of a Gateway are made from (TemplateInput in istio pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go). */
export interface GatewayInput {
  gateway: KubeObject;
  name: string;
  namespace: string;
  className: string;
  deploymentName: string;
  serviceAccount: string;
  serviceType: string;
  ports: ServicePort[];
  labels: Texts;
  annotations: Texts;
}

/** Annotations that say how the Gateway itself is deployed. */
const own = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'gateway.istio.io/name-override',
  'gateway.istio.io/service-account',
  'gateway.istio.io/controller-version',
]);

/** `sets`: ListenerSets that the Gateway takes. */
export function gatewayInput(gateway: KubeObject, sets: readonly KubeObject[]): GatewayInput {
  const { name, namespace = 'default', annotations = {}, labels = {} } = gateway.metadata;
  const className = String(gateway.spec?.gatewayClassName ?? '');
  const defaultName = `${name}-${className}`;
  const infrastructure = isObject(gateway.spec?.infrastructure) ? gateway.spec.infrastructure : {};
  const all = infraTexts(infrastructure.annotations) ?? annotations;
  return {
    ...{ gateway, name, namespace, className },
    deploymentName: annotations['gateway.istio.io/name-override'] || defaultName,
    serviceAccount: annotations['gateway.istio.io/service-account'] || defaultName,
    serviceType: annotations['networking.istio.io/service-type'] ?? 'LoadBalancer',
    ports: servicePorts([gateway, ...sets].flatMap((o) => objects(o.spec?.listeners))),
    labels: infraTexts(infrastructure.labels) ?? labels,
    annotations: Object.fromEntries(Object.entries(all).filter(([key]) => !own.has(key))),
  };
}

/** Without the prefix that the Gateway API keeps for itself (translateInfraMeta). */
const infraTexts = (value: unknown): Texts | undefined =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([key]) => !key.startsWith('gateway.networking.k8s.io/'))
          .map(([key, text]) => [key, String(text)]),
      )
    : undefined;

/** One port for each number, by the name of its first listener (extractServicePorts). */
function servicePorts(listeners: readonly JsonObject[]): ServicePort[] {
  const ports: ServicePort[] = [{ name: 'status-port', port: 15021, protocol: 'TCP', appProtocol: 'tcp' }];
  const names = new Set(['status-port']);
  const numbers = new Set<number>();
  for (const [i, listener] of listeners.entries()) {
    const port = Number(listener.port);
    if (numbers.has(port)) continue;
    numbers.add(port);
    const appProtocol = String(listener.protocol ?? '').toLowerCase();
    const wished = String(listener.name ?? '').replaceAll('.', '-') || `${appProtocol}-${i}`;
    const name = uniqueName(wished, port, names);
    names.add(name);
    ports.push({ name, port, protocol: 'TCP', appProtocol });
  }
  return ports;
}

/** Port names have at most 63 characters; the number tells equal ones apart (uniquePortName). */
function uniqueName(wished: string, port: number, used: ReadonlySet<string>): string {
  const cut = wished.slice(0, 63);
  for (let [name, suffix] = [cut, `-${port}`]; ; suffix += 'x') {
    if (!used.has(name)) return name;
    name = cut.slice(0, 63 - suffix.length) + suffix;
  }
}
