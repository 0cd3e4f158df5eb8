import { codes } from '../codes.ts';
import { type Analyzer, message } from '../context.ts';
import { serviceNameOf } from '../hosts.ts';
import { legsOf } from './virtual-service-routes.ts';

/** analyzers/virtualservice/destinationrules.go */
export const virtualServiceSubsets: Analyzer = {
  name: 'virtualservice.DestinationRuleAnalyzer',
  description: 'Looks for subsets that no DestinationRule defines',
  inputs: ['VirtualService', 'DestinationRule'],
  analyze(context) {
    const known = new Set(
      context
        .all('DestinationRule')
        .flatMap(({ spec, namespace }) =>
          spec
            .select('subsets[]')
            .map((subset) => `${serviceNameOf(spec.get('host').text, namespace)} ${subset.get('name').text}`),
        ),
    );
    return context.all('VirtualService').flatMap((resource) =>
      legsOf(resource.spec)
        .filter(
          ({ host, subset }) => subset !== '' && !known.has(`${serviceNameOf(host, resource.namespace)} ${subset}`),
        )
        .map(({ host, subset, mirror, field }) => {
          const type = `${mirror ? 'mirror' : 'host'}+subset in destinationrule`;
          const at = { resource, field: field.get('subset') };
          return message(codes.ReferencedResourceNotFound, at, { type, name: `${host}+${subset}` });
        }),
    );
  },
};
