import { fieldOf } from '../../../kube/schema/field.ts';
import { codes } from '../codes.ts';
import { type Analyzer, message } from '../context.ts';

/** analyzers/telemetry/providers.go */
export const telemetryProviders: Analyzer = {
  name: 'telemetry.ProviderAnalyzer',
  description: 'Looks for access logs that go nowhere',
  inputs: ['Telemetry', 'MeshConfig'],
  analyze(context) {
    if (fieldOf(context.mesh.raw).at('defaultProviders', 'accessLogging').size > 0) return [];
    return context.all('Telemetry').flatMap((resource) =>
      resource.spec
        .select('accessLogging[]')
        .filter((log) => !log.get('disabled').true && log.get('providers').size === 0)
        .map((field) => {
          const args = { name: resource.name, namespace: resource.namespace };
          return message(codes.InvalidTelemetryProvider, { resource, field }, args);
        }),
    );
  },
};
