import { type Labels, subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { inMesh, podInAmbient } from '../in-mesh.ts';
import { labelsOf, selectorText } from '../selector.ts';

/** analyzers/authz/authorizationpolicies.go */
export const authorizationWorkloads: Analyzer = {
  name: 'auth.AuthorizationPoliciesAnalyzer',
  description: 'Looks for AuthorizationPolicies that apply to no pod, or name a namespace that is not there',
  inputs: ['MeshConfig', 'AuthorizationPolicy', 'Namespace', 'Pod'],
  analyze(context) {
    const pods = context.all('Pod').filter((pod) => podInAmbient(pod) || inMesh(pod, context));
    return context
      .all('AuthorizationPolicy')
      .flatMap((policy) => [...unmatched(policy, pods, context), ...unknownNamespaces(policy, context)]);
  },
};

/** A policy of the root namespace is one of the whole mesh. */
function unmatched(resource: Resource, pods: readonly Resource[], { mesh }: AnalysisContext): Message[] {
  const { spec, namespace } = resource;
  const everywhere = namespace === mesh.rootNamespace;
  const selector: Labels = labelsOf(spec.at('selector', 'matchLabels'));
  if (everywhere && !spec.get('selector').present) return [];
  const found = pods.some((pod) => (everywhere || pod.namespace === namespace) && subsetOf(selector, pod.labels));
  const at = { resource, field: spec.at('selector', 'matchLabels') };
  return found ? [] : [message(codes.NoMatchingWorkloadsFound, at, { labels: selectorText(selector) })];
}

function unknownNamespaces(resource: Resource, context: AnalysisContext): Message[] {
  const names = context.all('Namespace').map(({ name }) => name);
  return resource.spec
    .select('rules[].from[].source')
    .flatMap((source) => ['namespaces', 'notNamespaces'].flatMap((field) => source.get(field).items()))
    .filter((wanted) => !names.some((name) => matches(name, wanted.text)))
    .map((field) =>
      message(codes.ReferencedResourceNotFound, { resource, field }, { type: 'namespace', name: field.text }),
    );
}

function matches(name: string, wanted: string): boolean {
  if (wanted.startsWith('*')) return name.endsWith(wanted.slice(1));
  if (wanted.endsWith('*')) return name.startsWith(wanted.slice(0, -1));
  return name.toLowerCase() === wanted.toLowerCase();
}
