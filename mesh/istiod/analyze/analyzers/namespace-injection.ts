import { fieldOf } from '../../../kube/schema/field.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { proxyImage } from '../in-mesh.ts';

/** analyzers/injection/injection.go */
export const namespaceInjection: Analyzer = {
  name: 'injection.Analyzer',
  description: 'Looks for namespaces that nobody decided about, and for pods of the mesh without a sidecar',
  inputs: ['Namespace', 'Pod', 'ConfigMap'],
  analyze(context) {
    const namespaces = context.all('Namespace').filter(({ name }) => name !== 'istio-system');
    return [
      ...namespaces.flatMap((resource) => [...labelMessages(resource), ...undecided(resource, context)]),
      ...namespaces.filter(isInjected).flatMap(({ name }) => missingProxies(name, context)),
    ];
  },
};

const [legacy, revision, dataplane] = ['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode'] as const;
const isAmbient = ({ labels }: Resource) => labels[dataplane] === 'ambient';
const isInjected = (resource: Resource) => resource.labels[legacy] === 'enabled' && !isAmbient(resource);

function labelMessages(resource: Resource): Message[] {
  const { labels, object } = resource;
  const off = labels[legacy] !== undefined && labels[legacy] !== 'enabled';
  const names = [legacy, ...(off ? [] : [revision, dataplane])];
  const set = names.filter((name) => labels[name] !== undefined).map((name) => `${name}=${labels[name]}`);
  const field = fieldOf(object).at('metadata', 'labels');
  return set.length > 1 ? [message(codes.NamespaceMultipleInjectionLabels, { resource, field }, { labels: set })] : [];
}

function undecided(resource: Resource, context: AnalysisContext): Message[] {
  const { labels, name, object } = resource;
  if (isAmbient(resource) || labels[legacy] || labels[revision] !== undefined) return [];
  if (injectsByDefault(context)) return [message(codes.NamespaceInjectionEnabledByDefault, { resource }, {})];
  const field = fieldOf(object).at('metadata', 'labels');
  return [message(codes.NamespaceNotInjected, { resource, field }, { namespace: name })];
}

/** `sidecarInjectorWebhook.enableNamespacesByDefault` of the injector's values. */
function injectsByDefault(context: AnalysisContext): boolean {
  const config = context.all('ConfigMap').find(({ name }) => name === 'istio-sidecar-injector');
  try {
    const values: unknown = JSON.parse(fieldOf(config?.object ?? {}).at('data', 'values').text);
    return fieldOf(Object(values)).at('sidecarInjectorWebhook', 'enableNamespacesByDefault').true;
  } catch {
    return false;
  }
}

const inject = 'sidecar.istio.io/inject';

const missingProxies = (namespace: string, context: AnalysisContext): Message[] =>
  context
    .all('Pod')
    .filter((pod) => pod.namespace === namespace && !pod.spec.get('hostNetwork').true)
    .filter(({ labels, annotations }) => (labels[inject] ?? annotations[inject] ?? '').toLowerCase() !== 'false')
    .filter(({ spec }) => proxyImage(spec) === '')
    .map((resource) => message(codes.PodMissingProxy, { resource }, { pod: resource.fullName }));
