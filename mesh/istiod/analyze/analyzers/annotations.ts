import { fieldOf } from '../../../kube/schema/field.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type Message, message, type Resource } from '../context.ts';
import { annotatedKinds, annotationInfo, isIstioAnnotation, writtenByIstio } from './annotation-table.ts';
import { annotationProblem } from './annotation-values.ts';

/** analyzers/annotations/annotations.go */
export const annotations: Analyzer = {
  name: 'annotations.K8sAnalyzer',
  description: 'Looks for annotations that Istio does not know, or not there, or not with such a value',
  inputs: [...annotatedKinds],
  analyze: (context) =>
    annotatedKinds.flatMap((kind) =>
      context
        .all(kind)
        .flatMap((resource) => Object.keys(resource.annotations).flatMap((name) => check(resource, kind, name))),
    ),
};

const inject = 'sidecar.istio.io/inject';

function check(resource: Resource, kind: string, annotation: string): Message[] {
  if (!isIstioAnnotation(annotation) || writtenByIstio.has(annotation)) return [];
  const at = { resource, field: fieldOf(resource.object).at('metadata', 'annotations', annotation) };
  const info = annotationInfo(annotation);
  if (!info) return [message(codes.UnknownAnnotation, at, { annotation })];
  // Who has the label as well keeps the annotation for older versions.
  const kept = annotation === inject && resource.labels[inject] !== undefined;
  const instead = annotation === inject ? ` in favor of the "${inject}" label` : '';
  const old = info.deprecated && !kept ? [message(codes.DeprecatedAnnotation, at, { annotation, instead })] : [];
  if (info.kinds.includes('Any')) return old;
  if (!info.kinds.includes(kind)) {
    return [...old, message(codes.MisplacedAnnotation, at, { annotation, kinds: info.kinds.join(', ') })];
  }
  const problem = annotationProblem(annotation, resource.annotations[annotation] ?? '');
  return problem ? [...old, message(codes.InvalidAnnotation, at, { annotation, problem })] : old;
}
