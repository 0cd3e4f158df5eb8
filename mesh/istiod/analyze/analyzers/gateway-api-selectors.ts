import { subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type InputKind, message } from '../context.ts';
import { labelsOf } from '../selector.ts';

const policies: InputKind[] = ['AuthorizationPolicy', 'RequestAuthentication', 'Telemetry', 'WasmPlugin'];
const gatewayName = 'gateway.networking.k8s.io/gateway-name';

/** analyzers/k8sgateway/workloadselector.go */
export const gatewayApiSelectors: Analyzer = {
  name: 'k8sgateway.SelectorAnalyzer',
  description: 'Looks for selectors that mean pods of a Gateway of Gateway API',
  inputs: [...policies, 'Pod'],
  analyze(context) {
    const pods = context.all('Pod').filter(({ labels }) => labels[gatewayName] !== undefined);
    return policies
      .flatMap((kind) => context.all(kind))
      .filter(({ spec }) => spec.get('selector').present && !spec.get('targetRef').present)
      .flatMap((resource) => {
        const field = resource.spec.get('selector');
        const selector = labelsOf(field.get('matchLabels'));
        return pods
          .filter((pod) => pod.namespace === resource.namespace && subsetOf(selector, pod.labels))
          .map((pod) =>
            message(codes.IneffectiveSelector, { resource, field }, { gateway: pod.labels[gatewayName] ?? '' }),
          );
      });
  },
};
