import { codes } from '../codes.ts';
import { type Analyzer, message, type Resource } from '../context.ts';

/** analyzers/authn/blockedcidrs.go */
export const requestAuthenticationFetches: Analyzer = {
  name: 'authn.BlockedCIDRsAnalyzer',
  description: 'Looks for an istiod that fetches keys from any address',
  inputs: ['RequestAuthentication', 'Deployment'],
  analyze(context) {
    const names = context.all('RequestAuthentication').map((resource) => resource.fullName);
    const istiods = context.all('Deployment').filter(({ labels }) => labels.app === 'istiod');
    if (names.length === 0) return [];
    const more = names.length > 5 ? `, and ${names.length - 5} more` : '';
    const args = { count: names.length, names: `${names.slice(0, 5).join(', ')}${more}` };
    return istiods
      .filter((istiod) => !blocks(istiod))
      .map((resource) => {
        const field = resource.spec.at('template', 'spec', 'containers');
        return message(codes.JwksUriFetchUnrestricted, { resource, field }, args);
      });
  },
};

const blocks = ({ spec }: Resource): boolean =>
  spec
    .select('template.spec.containers[].env[]')
    .some((env) => env.get('name').text === 'BLOCKED_CIDRS_IN_JWKS_URIS' && env.get('value').text !== '');
