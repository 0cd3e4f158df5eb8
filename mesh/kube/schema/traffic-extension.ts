import { schemas as istio } from './istio.gen.ts';
import type { Schema } from './schema.ts';

/**
 * TrafficExtension came after the installed @kubernetes-models/istio: WasmPlugin's fields below `wasm`, or Lua code
 * (istio/api extensions/v1alpha1/trafficextension.proto).
 */
const wasmPlugin = istio['WasmPlugin.extensions.istio.io'];
const {
  match,
  phase,
  priority,
  selector,
  targetRefs,
  targetRef: _targetRef,
  ...wasm
} = wasmPlugin?.fields?.spec?.fields ?? {};

const shared = Object.fromEntries(
  Object.entries({ match, phase, priority, selector, targetRefs }).flatMap(([name, schema]) =>
    schema ? [[name, schema]] : [],
  ),
);

export const trafficExtension: Schema = {
  type: 'object',
  fields: {
    ...wasmPlugin?.fields,
    spec: {
      type: 'object',
      fields: {
        ...shared,
        wasm: { type: 'object', fields: wasm, required: ['url'] },
        lua: {
          type: 'object',
          fields: { inlineCode: { type: 'string', minLength: 1, maxLength: 65536 } },
          required: ['inlineCode'],
        },
      },
      exclusive: [['lua', 'wasm']],
      oneRequired: [['lua', 'wasm']],
    },
  },
};
