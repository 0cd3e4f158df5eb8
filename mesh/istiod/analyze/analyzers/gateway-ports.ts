import type { Field } from '../../../kube/schema/field.ts';
import { type Labels, subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { labelsOf, selectorText } from '../selector.ts';

/** analyzers/gateway/gateway.go */
export const gatewayPorts: Analyzer = {
  name: 'gateway.IngressGatewayPortAnalyzer',
  description: "Looks for ports of Gateways that the gateway's Service does not have",
  inputs: ['Gateway', 'Pod', 'Service'],
  analyze: (context) => context.all('Gateway').flatMap((resource) => portMessages(resource, context)),
};

function portMessages(resource: Resource, context: AnalysisContext): Message[] {
  const field = resource.spec.get('selector');
  const selector = labelsOf(field);
  const pods = context.all('Pod').filter((pod) => subsetOf(selector, pod.labels));
  if (pods.length === 0) {
    const args = { type: 'selector', name: selectorText(selector) };
    return [message(codes.ReferencedResourceNotFound, { resource, field }, args)];
  }
  const open = new Set(pods.flatMap((pod) => portsFor(pod, context)));
  return resource.spec
    .select('servers[].port')
    .filter((port) => !open.has(port.get('number').number))
    .map((port) => {
      const args = { port: port.get('number').number, selector: selectorText(selector) };
      return message(codes.GatewayPortNotDefinedOnService, { resource, field: port.get('number') }, args);
    });
}

/** Service and target ports by which a pod is reached; istiod translates the former into the latter. */
const portsFor = (pod: Resource, context: AnalysisContext): number[] =>
  context
    .all('Service')
    .filter(({ namespace, spec }) => namespace === pod.namespace && selects(labelsOf(spec.get('selector')), pod.labels))
    .flatMap(({ spec }) => spec.select('ports[]').filter(isTcp))
    .flatMap((port) => [port.get('port').number, port.get('targetPort').number]);

const selects = (selector: Labels, labels: Labels) => subsetOf(selector, labels);
const isTcp = (port: Field) => ['', 'TCP'].includes(port.get('protocol').text);
