import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { type Destination, type Destinations, destinationOf, destinationsOf, texts } from '../hosts.ts';
import { type Leg, legsOf } from './virtual-service-routes.ts';

/** analyzers/virtualservice/destinationhosts.go */
export const virtualServiceHosts: Analyzer = {
  name: 'virtualservice.DestinationHostAnalyzer',
  description: 'Looks for destinations that lead to no service or port, and for subsets that a gateway does not see',
  inputs: ['ServiceEntry', 'VirtualService', 'Service'],
  analyze(context) {
    const known = destinationsOf(context);
    const subsets = subsetHosts(context);
    return context
      .all('VirtualService')
      .flatMap((resource) => [
        ...legsOf(resource.spec).flatMap((leg) => legMessages(leg, resource, known)),
        ...gatewayMessages(resource, subsets),
      ]);
  },
};

function legMessages(leg: Leg, resource: Resource, known: Destinations): Message[] {
  const { namespace, spec } = resource;
  const from = { namespace, exportTo: texts(spec.get('exportTo')) };
  const destination = destinationOf(leg.host, from, known);
  if (destination) return portMessages(leg, resource, destination);
  const at = { resource, field: leg.field.get('host') };
  return [message(codes.ReferencedResourceNotFound, at, { type: leg.mirror ? 'mirror host' : 'host', name: leg.host })];
}

function portMessages({ field, host }: Leg, resource: Resource, { ports }: Destination): Message[] {
  const port = field.get('port');
  if (!port.present) {
    if (ports.length < 2) return [];
    return [message(codes.VirtualServiceDestinationPortSelectorRequired, { resource, field }, { host, ports })];
  }
  const number = port.get('number');
  if (ports.includes(number.number)) return [];
  const args = { type: 'host:port', name: `${host}:${number.number}` };
  return [message(codes.ReferencedResourceNotFound, { resource, field: number }, args)];
}

/** VirtualServices that route one of their own hosts to a subset. */
function subsetHosts(context: AnalysisContext): { name: string; host: string }[] {
  return context.all('VirtualService').flatMap(({ spec, fullName }) => {
    const hosts = texts(spec.get('hosts'));
    return spec.select('http[].route[].destination').flatMap((destination) => {
      const host = destination.get('host').text;
      return destination.get('subset').text !== '' && hosts.includes(host) ? [{ name: fullName, host }] : [];
    });
  });
}

/** A gateway that routes to the host itself never asks the VirtualService that splits it for sidecars. */
function gatewayMessages(resource: Resource, subsets: { name: string; host: string }[]): Message[] {
  if (resource.spec.get('gateways').size === 0) return [];
  return resource.spec
    .select('http[].route[].destination')
    .filter((destination) => destination.get('subset').text === '')
    .flatMap((field) =>
      subsets
        .filter(({ host }) => host === field.get('host').text)
        .map(({ name }) => {
          const args = { subset: name, virtualService: resource.fullName };
          return message(codes.IngressRouteRulesNotAffected, { resource, field }, args);
        }),
    );
}
