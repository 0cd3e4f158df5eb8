import type { Field } from '../../../kube/schema/field.ts';
import { subsetOf } from '../../model/labels.ts';
import { isClaim } from '../../validate/headers.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { labelsOf } from '../selector.ts';

/** analyzers/virtualservice/jwtclaimroute.go */
export const virtualServiceClaims: Analyzer = {
  name: 'virtualservice.JWTClaimRouteAnalyzer',
  description: 'Looks for routes by JWT claim at gateways that validate no token',
  inputs: ['VirtualService', 'RequestAuthentication', 'Gateway', 'Pod'],
  analyze: (context) =>
    context.all('VirtualService').flatMap((resource) => {
      const claim = claimOf(resource.spec);
      return claim
        ? resource.spec.select('gateways[]').flatMap((name) => unvalidated(resource, { name, claim }, context))
        : [];
    }),
};

/** The first header of a match that is a claim. */
const claimOf = (spec: Field): { key: string; field: Field } | undefined =>
  spec
    .select('http[].match[]')
    .flatMap((match) => ['headers', 'withoutHeaders'].flatMap((name) => match.get(name).entries()))
    .map(([key, field]) => ({ key, field }))
    .find(({ key }) => isClaim(key));

interface Use {
  name: Field;
  claim: { key: string; field: Field };
}

function unvalidated(resource: Resource, { name, claim }: Use, context: AnalysisContext): Message[] {
  if (name.text === 'mesh') return [];
  const fullName = name.text.includes('/') ? name.text : `${resource.namespace}/${name.text}`;
  const gateway = context.find('Gateway', fullName);
  if (!gateway) return [];
  const selector = labelsOf(gateway.spec.get('selector'));
  return context
    .all('Pod')
    .filter((pod) => subsetOf(selector, pod.labels) && !authenticated(pod, context))
    .map((pod) => {
      const args = { key: claim.key, gateway: fullName, pod: pod.name };
      return message(codes.JwtClaimBasedRoutingWithoutRequestAuthN, { resource, field: claim.field }, args);
    });
}

const authenticated = (pod: Resource, context: AnalysisContext): boolean =>
  context
    .all('RequestAuthentication')
    .filter(({ namespace }) => namespace === 'istio-system' || namespace === pod.namespace)
    .some(({ spec }) => subsetOf(labelsOf(spec.at('selector', 'matchLabels')), pod.labels));
