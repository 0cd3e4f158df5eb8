import type { Field } from '../../../kube/schema/field.ts';
import { servicePortProtocol } from '../../model/protocol.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type Message, message, type Resource } from '../context.ts';
import { isControlPlane } from '../in-mesh.ts';

const managed = ['istio.io-gateway-controller', 'istio.io-mesh-controller', 'istio.io-eastwest-controller'];

/** analyzers/service/portname.go */
export const servicePorts: Analyzer = {
  name: 'service.PortNameAnalyzer',
  description: 'Looks for ports whose protocol has to be guessed',
  inputs: ['Service'],
  analyze: (context) =>
    context
      .all('Service')
      .filter(
        (service) => !isControlPlane(service) && !managed.includes(service.labels['gateway.istio.io/managed'] ?? ''),
      )
      .flatMap((service) => service.spec.select('ports[]').flatMap((port) => portMessages(service, port))),
};

function portMessages(resource: Resource, field: Field): Message[] {
  const [name, port] = [field.get('name').text, field.get('port').number];
  const external = resource.spec.get('type').text === 'ExternalName';
  const appProtocol = field.get('appProtocol').present ? field.get('appProtocol').text : undefined;
  const protocol = servicePortProtocol({ port, name, protocol: field.get('protocol').text, appProtocol });
  if (protocol !== 'Auto' && !(external && name === 'tcp')) return [];
  const at = { resource, field: field.get(field.get('name').present ? 'name' : 'port') };
  if (external) return [message(codes.ExternalNameServiceTypeInvalidPortName, at, {})];
  const target = field.get('targetPort');
  const targetPort = target.text || String(target.number);
  return [message(codes.PortNameIsNotUnderNamingConvention, at, { name, port, targetPort })];
}
