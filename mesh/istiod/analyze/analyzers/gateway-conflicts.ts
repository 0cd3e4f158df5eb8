import type { Field } from '../../../kube/schema/field.ts';
import { subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { texts } from '../hosts.ts';
import { labelsOf, selectorText } from '../selector.ts';

/** analyzers/gateway/conflictinggateway.go */
export const gatewayConflicts: Analyzer = {
  name: 'gateway.ConflictingGatewayAnalyzer',
  description: 'Looks for Gateways that serve the same host on the same port of the same workload',
  inputs: ['Gateway', 'Pod'],
  analyze: (context) =>
    context.all('Gateway').flatMap((resource) => {
      const others = context.all('Gateway').filter((other) => other !== resource && meet(resource, other, context));
      return resource.spec.select('servers[]').flatMap((server) => serverMessages(resource, server, others));
    }),
};

/** Selectors that are equal, or of which one contains the other and a pod matches both. */
function meet(a: Resource, b: Resource, context: AnalysisContext): boolean {
  const [one, two] = [a, b].map(({ spec }) => labelsOf(spec.get('selector')));
  const [text, other] = [selectorText(one ?? {}), selectorText(two ?? {})];
  if (text === other) return true;
  if (!text.includes(other) && !other.includes(text)) return false;
  return context.all('Pod').some(({ labels }) => subsetOf(one, labels) && subsetOf(two, labels));
}

function serverMessages(resource: Resource, server: Field, others: readonly Resource[]): Message[] {
  const hosts = server.get('hosts');
  const conflicting = others.filter(({ spec }) => spec.select('servers[]').some((other) => sameHost(server, other)));
  if (conflicting.length === 0) return [];
  const args = {
    gateways: conflicting
      .map((other) => other.fullName)
      .sort()
      .join(','),
    selector: selectorText(labelsOf(resource.spec.get('selector'))),
    port: String(portOf(server)),
    hosts: texts(hosts).join(','),
  };
  return [message(codes.ConflictingGateways, { resource, field: hosts }, args)];
}

const portOf = (server: Field) => server.at('port', 'number').number;

function sameHost(a: Field, b: Field): boolean {
  const same = portOf(a) === portOf(b) && a.get('bind').text === b.get('bind').text;
  const hosts = texts(b.get('hosts'));
  return same && texts(a.get('hosts')).some((host) => hosts.includes(host));
}
