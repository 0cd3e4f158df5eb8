import { type Field, fieldOf } from '../../../kube/schema/field.ts';
import type { Labels } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, message } from '../context.ts';
import { labelsOf, matchesSelector } from '../selector.ts';

/** analyzers/injection/image-auto.go */
export const imageAuto: Analyzer = {
  name: 'injection.ImageAutoAnalyzer',
  description: 'Looks for `image: auto` that injection will not replace',
  inputs: ['Namespace', 'Pod', 'Deployment', 'MutatingWebhookConfiguration'],
  analyze(context) {
    // A pod that still says `auto` was created without injection.
    const pods = context.all('Pod').flatMap((resource) => {
      const args = { kind: 'Pod', object: resource.name };
      return autoImages(resource.spec).map((field) =>
        message(codes.ImageAutoWithoutInjectionError, { resource, field }, args),
      );
    });
    const deployments = context.all('Deployment').flatMap((resource) => {
      const { spec, namespace, name } = resource;
      const labels = labelsOf(spec.at('template', 'metadata', 'labels'));
      if (injected(context.find('Namespace', namespace)?.labels ?? {}, labels, context)) return [];
      return autoImages(spec.at('template', 'spec')).map((field) =>
        message(codes.ImageAutoWithoutInjectionWarning, { resource, field }, { kind: 'Deployment', object: name }),
      );
    });
    return [...pods, ...deployments];
  },
};

const autoImages = (podSpec: Field): Field[] =>
  podSpec
    .select('containers[]')
    .filter((c) => c.get('name').text === 'istio-proxy' && c.get('image').text === 'auto')
    .map((c) => c.get('image'))
    .slice(0, 1);

const injected = (namespace: Labels, pod: Labels, context: AnalysisContext): boolean =>
  context
    .all('MutatingWebhookConfiguration')
    .flatMap(({ object }) => fieldOf(object).select('webhooks[]'))
    .filter((webhook) => webhook.get('name').text.endsWith('istio.io'))
    .some(
      (webhook) =>
        matchesSelector(webhook.get('namespaceSelector'), namespace) &&
        matchesSelector(webhook.get('objectSelector'), pod),
    );
