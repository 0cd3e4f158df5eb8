import { type Field, fieldOf } from '../../../kube/schema/field.ts';
import type { Labels } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { matchesSelector } from '../selector.ts';

interface Hook {
  resource: Resource;
  field: Field;
  /** `configuration/webhook`. */
  name: string;
}

const rev = 'istio.io/rev';

/** analyzers/webhook/webhook.go */
export const webhooks: Analyzer = {
  name: 'webhook.Analyzer',
  description: 'Looks for injection webhooks that inject twice, or ask a service that is not there',
  inputs: ['MutatingWebhookConfiguration', 'Service'],
  analyze(context) {
    const own = context.all('MutatingWebhookConfiguration').filter(isIstios);
    const hooks = own.flatMap((resource) =>
      hooksOf(resource).map((field) => ({ resource, field, name: `${resource.name}/${field.get('name').text}` })),
    );
    return [...overlaps(hooks, [...new Set(own.flatMap(revisionsOf))]), ...lost(hooks, context)];
  },
};

const hooksOf = ({ object }: Resource) => fieldOf(object).select('webhooks[]');
const isIstios = (resource: Resource) =>
  revisionsOf(resource).length > 0 || hooksOf(resource).some((hook) => hook.get('name').text.endsWith('istio.io'));

function revisionsOf(resource: Resource): string[] {
  const selectors = hooksOf(resource).flatMap((h) => [h.get('namespaceSelector'), h.get('objectSelector')]);
  const matched = selectors.map((selector) => selector.at('matchLabels', rev).text);
  const listed = selectors
    .flatMap((selector) => selector.select('matchExpressions[]'))
    .filter((expression) => expression.get('key').text === rev)
    .flatMap((expression) => expression.select('values[]').map((value) => value.text));
  return [resource.labels[rev] ?? '', ...matched, ...listed].filter(Boolean);
}

/** Every way in which namespaces and pods are labelled must meet one webhook at most. */
function overlaps(hooks: Hook[], revisions: string[]): Message[] {
  const base = (label: string, values: string[]): Labels[] => [{}, ...values.map((value) => ({ [label]: value }))];
  const withRevisions = (all: Labels[]) => [...all, ...revisions.flatMap((r) => all.map((l) => ({ ...l, [rev]: r })))];
  const namespaces = withRevisions(base('istio-injection', ['enabled', 'disabled']));
  const pods = withRevisions(base('sidecar.istio.io/inject', ['true', 'false']));
  return namespaces.flatMap((namespace) =>
    pods.flatMap((pod) => {
      const matching = hooks.filter(
        ({ field }) =>
          matchesSelector(field.get('namespaceSelector'), namespace) &&
          matchesSelector(field.get('objectSelector'), pod),
      );
      return matching.length < 2 ? [] : matching.map((hook) => overlap(hook, matching));
    }),
  );
}

function overlap({ resource, field, name }: Hook, matching: Hook[]): Message {
  const others = matching
    .map((hook) => hook.name)
    .filter((other) => other !== name)
    .sort();
  const error = `Webhook overlaps with others: [${others.join(' ')}]. This may cause injection to occur twice.`;
  return message(codes.InvalidWebhook, { resource, field }, { error });
}

function lost(hooks: Hook[], context: AnalysisContext): Message[] {
  return hooks.flatMap(({ resource, field }) => {
    const service = field.at('clientConfig', 'service');
    const name = `${service.get('namespace').text}/${service.get('name').text}`;
    if (!service.present || context.find('Service', name)) return [];
    const error = `Injector refers to a control plane service that does not exist: ${name}.`;
    return [message(codes.InvalidWebhook, { resource, field: service }, { error })];
  });
}
