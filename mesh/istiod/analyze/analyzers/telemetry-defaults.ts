import { codes } from '../codes.ts';
import { type Analyzer, message } from '../context.ts';

/** analyzers/telemetry/default_selector.go */
export const telemetryDefaults: Analyzer = {
  name: 'telemetry.DefaultSelectorAnalyzer',
  description: 'Looks for namespaces with several Telemetries without selector',
  inputs: ['Telemetry'],
  analyze(context) {
    const all = context.all('Telemetry').filter(({ spec }) => !spec.get('selector').present);
    return all.flatMap((resource) => {
      const list = all.filter(({ namespace }) => namespace === resource.namespace);
      const args = { telemetries: list.map(({ name }) => name).sort(), namespace: resource.namespace };
      return list.length < 2 ? [] : [message(codes.MultipleTelemetriesWithoutWorkloadSelectors, { resource }, args)];
    });
  },
};
