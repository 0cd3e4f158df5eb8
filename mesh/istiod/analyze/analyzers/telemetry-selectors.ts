import { subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type Analyzer, message, type Resource } from '../context.ts';
import { labelsOf, selectorText } from '../selector.ts';

const selectorOf = ({ spec }: Resource) => labelsOf(spec.at('selector', 'matchLabels'));
const namesOf = (list: readonly Resource[]) => list.map(({ name }) => name).sort();
const selects = (telemetry: Resource, pod: Resource) =>
  telemetry.namespace === pod.namespace && subsetOf(selectorOf(telemetry), pod.labels);

/** analyzers/telemetry/selector.go */
export const telemetrySelectors: Analyzer = {
  name: 'telemetry.SelectorAnalyzer',
  description: 'Looks for Telemetries that select no pod, or the same pod',
  inputs: ['Telemetry', 'Pod'],
  analyze(context) {
    const telemetries = context.all('Telemetry').filter((t) => Object.keys(selectorOf(t)).length > 0);
    const at = (resource: Resource) => ({ resource, field: resource.spec.at('selector', 'matchLabels') });
    const lost = telemetries
      .filter((telemetry) => !context.all('Pod').some((pod) => selects(telemetry, pod)))
      .map((telemetry) => {
        const args = { type: 'selector', name: selectorText(selectorOf(telemetry)) };
        return message(codes.ReferencedResourceNotFound, at(telemetry), args);
      });
    const shared = context.all('Pod').flatMap((pod) => {
      const list = telemetries.filter((telemetry) => selects(telemetry, pod));
      const args = { telemetries: namesOf(list), namespace: pod.namespace, pod: pod.name };
      return list.length < 2
        ? []
        : list.map((telemetry) => message(codes.ConflictingTelemetryWorkloadSelectors, at(telemetry), args));
    });
    return [...lost, ...shared];
  },
};
