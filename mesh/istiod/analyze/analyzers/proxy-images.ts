import { parse } from 'yaml';
import { type Field, fieldOf } from '../../../kube/schema/field.ts';
import { subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, message, type Resource } from '../context.ts';
import { proxyImage } from '../in-mesh.ts';
import { labelsOf } from '../selector.ts';

/** analyzers/injection/injection-image.go */
export const proxyImages: Analyzer = {
  name: 'injection.ImageAnalyzer',
  description: 'Looks for sidecars of another version than injection would add now',
  inputs: ['Namespace', 'Pod', 'ConfigMap', 'MeshConfig', 'ProxyConfig'],
  analyze(context) {
    const images = injectedImages(context);
    return context.all('Namespace').flatMap((resource) => {
      const rev = revisionOf(resource);
      const image = rev === undefined ? undefined : images.get(injectorOf(rev));
      if (!image) return [];
      const pods = context
        .all('Pod')
        .filter((pod) => pod.namespace === resource.name && differs(pod, image, context))
        .map(({ name }) => name)
        .sort();
      return pods.length === 0 ? [] : [message(codes.PodsIstioProxyImageMismatchInNamespace, { resource }, { pods })];
    });
  },
};

/** Undefined where nothing is injected. */
function revisionOf({ labels }: Resource): string | undefined {
  return labels['istio.io/rev'] ?? (labels['istio-injection'] === 'enabled' ? 'default' : undefined);
}
const injectorOf = (rev: string) =>
  rev === '' || rev === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${rev}`;

/** The image in each injector's values. */
function injectedImages(context: AnalysisContext): Map<string, string> {
  const injectors = context.all('ConfigMap').filter(({ name }) => name.startsWith('istio-sidecar-injector'));
  return new Map(injectors.map(({ name, object }) => [name, imageOf(fieldOf(object).at('data', 'values').text)]));
}

function imageOf(values: string): string {
  try {
    const global = fieldOf(Object(JSON.parse(values))).get('global');
    const image = global.at('proxy', 'image').text;
    return image.includes('/') ? image : `${global.get('hub').text}/${image}:${global.get('tag').text}`;
  } catch {
    return '';
  }
}

function differs(pod: Resource, image: string, context: AnalysisContext): boolean {
  const running = proxyImage(pod.spec);
  if (running === '' || pod.annotations['sidecar.istio.io/proxyImage']) return false;
  return running !== image && running !== `${image}-${imageType(pod, context)}`;
}

/** Annotation before workload before namespace before root namespace before mesh (EffectiveProxyConfigResolver). */
function imageType(pod: Resource, context: AnalysisContext): string {
  const configs = context.all('ProxyConfig');
  const type = (field: Field | undefined) => field?.at('image', 'imageType').text ?? '';
  const own = configs.filter(({ namespace }) => namespace === pod.namespace);
  const selected = own.find(
    ({ spec }) => spec.get('selector').present && subsetOf(labelsOf(spec.at('selector', 'matchLabels')), pod.labels),
  );
  const found =
    type(annotated(pod)) ||
    type(selected?.spec) ||
    type(own.find(({ spec }) => !spec.get('selector').present)?.spec) ||
    type(configs.find(({ namespace }) => namespace === context.mesh.rootNamespace)?.spec) ||
    type(fieldOf(context.mesh.raw).get('defaultConfig'));
  return found === 'default' ? '' : found;
}

function annotated({ annotations }: Resource): Field | undefined {
  try {
    return fieldOf(Object(parse(annotations['proxy.istio.io/config'] ?? '{}', { logLevel: 'error' })));
  } catch {
    return undefined;
  }
}
