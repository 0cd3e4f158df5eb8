import { codes } from '../codes.ts';
import { type Analyzer, message } from '../context.ts';

const removed = ['ClusterRbacConfig', 'RbacConfig', 'ServiceRole', 'ServiceRoleBinding'];

/** analyzers/deprecation/deprecation.go */
export const deprecations: Analyzer = {
  name: 'deprecation.DeprecationAnalyzer',
  description: 'Looks for fields and kinds that Istio gave up',
  inputs: ['VirtualService', 'Sidecar', 'CustomResourceDefinition'],
  analyze: (context) => [
    ...context.all('VirtualService').flatMap((resource) =>
      resource.spec
        .select('http[].fault.delay.percent')
        .filter((percent) => percent.number > 0)
        .map((field) => {
          const detail = 'HTTPRoute.fault.delay.percent is deprecated; use HTTPRoute.fault.delay.percentage';
          return message(codes.Deprecated, { resource, field }, { detail });
        }),
    ),
    ...context
      .all('Sidecar')
      .flatMap((resource) =>
        resource.spec
          .select('outboundTrafficPolicy.egressProxy')
          .map((field) =>
            message(codes.Deprecated, { resource, field }, { detail: 'OutboundTrafficPolicy.EgressProxy ignored' }),
          ),
      ),
    ...context
      .all('CustomResourceDefinition')
      .filter(({ spec }) => spec.get('group').text === 'rbac.istio.io')
      .flatMap((resource) => {
        const field = resource.spec.at('names', 'kind');
        const detail = `Custom resource type rbac.istio.io ${field.text} is removed`;
        return removed.includes(field.text) ? [message(codes.Deprecated, { resource, field }, { detail })] : [];
      }),
  ],
};
