import { subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { namespaceInAmbient, podInAmbient } from '../in-mesh.ts';
import { labelsOf, selectorText } from '../selector.ts';

/** analyzers/sidecar/selector.go */
export const sidecarSelectors: Analyzer = {
  name: 'sidecar.SelectorAnalyzer',
  description: 'Looks for Sidecars that select no pod, the same pod, or a whole namespace twice',
  inputs: ['Sidecar', 'Pod', 'Namespace'],
  analyze(context) {
    const told = new Set<Resource>();
    const ineffective = (resource: Resource, what: string): Message[] => {
      if (told.has(resource)) return [];
      told.add(resource);
      return [
        message(
          codes.IneffectivePolicy,
          { resource },
          { reason: `${what} is in ambient mode, the policy has no impact` },
        ),
      ];
    };
    return [...selecting(context, ineffective), ...namespaceWide(context, ineffective)];
  },
};

type Tell = (resource: Resource, what: string) => Message[];
const selectorOf = ({ spec }: Resource) => labelsOf(spec.at('workloadSelector', 'labels'));
const hasSelector = (sidecar: Resource) => Object.keys(selectorOf(sidecar)).length > 0;
const namesOf = (list: readonly Resource[]) => list.map(({ name }) => name).sort();

function selecting(context: AnalysisContext, ineffective: Tell): Message[] {
  const sidecars = context.all('Sidecar').filter(hasSelector);
  const selects = (sidecar: Resource, pod: Resource) =>
    sidecar.namespace === pod.namespace && subsetOf(selectorOf(sidecar), pod.labels);
  const lost = sidecars
    .filter((sidecar) => !context.all('Pod').some((pod) => selects(sidecar, pod)))
    .map((resource) => {
      const args = { type: 'selector', name: selectorText(selectorOf(resource)) };
      return message(
        codes.ReferencedResourceNotFound,
        { resource, field: resource.spec.at('workloadSelector', 'labels') },
        args,
      );
    });
  const shared = context.all('Pod').flatMap((pod) => {
    const list = sidecars.filter((sidecar) => selects(sidecar, pod));
    if (podInAmbient(pod)) return list.flatMap((sidecar) => ineffective(sidecar, 'selected workload'));
    const args = { sidecars: namesOf(list), namespace: pod.namespace, pod: pod.name };
    return list.length < 2
      ? []
      : list.map((resource) => {
          const at = { resource, field: resource.spec.get('workloadSelector') };
          return message(codes.ConflictingSidecarWorkloadSelectors, at, args);
        });
  });
  return [...lost, ...shared];
}

function namespaceWide(context: AnalysisContext, ineffective: Tell): Message[] {
  const all = context.all('Sidecar').filter((sidecar) => !hasSelector(sidecar));
  return [...new Set(all.map(({ namespace }) => namespace))].flatMap((namespace) => {
    const list = all.filter((sidecar) => sidecar.namespace === namespace);
    if (namespaceInAmbient(context.find('Namespace', namespace))) {
      return list.flatMap((sidecar) => ineffective(sidecar, 'namespace'));
    }
    if (list.length < 2) return [];
    const args = { sidecars: namesOf(list), namespace };
    return list.map((resource) => message(codes.MultipleSidecarsWithoutWorkloadSelectors, { resource }, args));
  });
}
