import type { Field } from '../../../kube/schema/field.ts';
import { subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { inMesh } from '../in-mesh.ts';
import { labelsOf } from '../selector.ts';

interface ServicePort {
  service: string;
  port: number;
  protocol: string;
  targetPort: string;
}

/** analyzers/deployment/services.go */
export const deploymentServices: Analyzer = {
  name: 'deployment.MultiServiceAnalyzer',
  description: 'Looks for services that disagree about a port of one deployment',
  inputs: ['Service', 'Deployment', 'Namespace'],
  analyze: (context) =>
    context
      .all('Deployment')
      .filter((deployment) => !isWaypoint(deployment) && hasSidecars(deployment, context))
      .flatMap((deployment) => {
        const ports = portsOf(deployment, context);
        return [...protocolMessages(deployment, ports), ...targetMessages(deployment, ports)];
      }),
};

const isWaypoint = ({ labels }: Resource) => labels['gateway.istio.io/managed'] === 'istio.io-mesh-controller';

function hasSidecars({ spec, namespace }: Resource, context: AnalysisContext): boolean {
  const template = spec.get('template');
  const [labels, annotations] = ['labels', 'annotations'].map((name) => labelsOf(template.at('metadata', name)));
  return inMesh(
    { spec: template.get('spec'), labels: labels ?? {}, annotations: annotations ?? {}, namespace },
    context,
  );
}

function portsOf({ spec, namespace }: Resource, context: AnalysisContext): ServicePort[] {
  const labels = labelsOf(spec.at('template', 'metadata', 'labels'));
  return context
    .all('Service')
    .filter((service) => service.namespace === namespace && service.spec.get('selector').size > 0)
    .filter((service) => subsetOf(labelsOf(service.spec.get('selector')), labels))
    .flatMap((service) => service.spec.select('ports[]').map((port) => portOf(service.fullName, port)));
}

function portOf(service: string, field: Field): ServicePort {
  const port = field.get('port').number;
  const target = field.get('targetPort').value;
  const targetPort = String(typeof target === 'string' || (typeof target === 'number' && target > 0) ? target : port);
  return { service, port, protocol: field.get('protocol').text || 'TCP', targetPort };
}

const numbers = (ports: ServicePort[]) => [...new Set(ports.map(({ port }) => port))].sort((a, b) => a - b);

function protocolMessages(resource: Resource, ports: ServicePort[]): Message[] {
  return numbers(ports).flatMap((port) => {
    const same = ports.filter((other) => other.port === port);
    if (new Set(same.map(({ protocol }) => protocol)).size < 2) return [];
    const services = same.map(({ service }) => service).sort();
    const args = { deployment: resource.name, port, services };
    return [message(codes.DeploymentAssociatedToMultipleServices, { resource }, args)];
  });
}

function targetMessages(resource: Resource, ports: ServicePort[]): Message[] {
  const targets = [...new Set(ports.map(({ targetPort }) => targetPort))];
  return targets.flatMap((targetPort) => {
    // Of the services that share a port, the last one is named.
    const byPort = new Map(ports.filter((p) => p.targetPort === targetPort).map((p) => [p.port, p.service]));
    if (byPort.size < 2) return [];
    const args = {
      deployment: resource.name,
      services: [...byPort.values()].sort(),
      targetPort,
      ports: [...byPort.keys()].sort((a, b) => a - b),
    };
    return [message(codes.DeploymentConflictingPorts, { resource }, args)];
  });
}
