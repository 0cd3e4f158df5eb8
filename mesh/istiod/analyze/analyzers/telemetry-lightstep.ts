import { fieldOf } from '../../../kube/schema/field.ts';
import { codes } from '../codes.ts';
import { type Analyzer, message } from '../context.ts';

/** analyzers/telemetry/lightstep.go */
export const telemetryLightstep: Analyzer = {
  name: 'telemetry.LightstepAnalyzer',
  description: 'Looks for the Lightstep provider, which is deprecated',
  inputs: ['Telemetry', 'MeshConfig'],
  analyze(context) {
    const lightstep = fieldOf(context.mesh.raw)
      .select('extensionProviders[]')
      .filter((provider) => provider.get('lightstep').present)
      .map((provider) => provider.get('name').text);
    return context.all('Telemetry').flatMap((resource) =>
      resource.spec
        .select('tracing[].providers[].name')
        .filter((name) => lightstep.includes(name.text))
        .map((field) => {
          const detail = `The Lightstep provider ${field.text} is deprecated, please migrate to OpenTelemetry provider.`;
          return message(codes.Deprecated, { resource, field }, { detail });
        }),
    );
  },
};
