import { attachment } from './authorization-policy.ts';
import { anyObject, list, num, obj, type Shape, str } from './shape.ts';

const trafficSelector = obj({ mode: str, ports: list(obj({ number: num })) });
const wasmFields = {
  url: str,
  sha256: str,
  imagePullPolicy: str,
  imagePullSecret: str,
  pluginConfig: anyObject,
  pluginName: str,
  failStrategy: str,
  vmConfig: obj({ env: list(obj({ name: str, valueFrom: str, value: str })) }),
  type: str,
};
const wasm = obj(wasmFields);
export type Wasm = Shape<typeof wasm>;
const common = { ...attachment, phase: str, priority: num, match: list(trafficSelector) };

/** extensions.istio.io/v1alpha1 TrafficExtension: WebAssembly or Lua in the filter chain. */
export const trafficExtension = obj({ ...common, wasm, lua: obj({ inlineCode: str }) });
export type TrafficExtension = Shape<typeof trafficExtension>;

/** extensions.istio.io/v1alpha1 WasmPlugin: the same with WebAssembly only. */
export const wasmPlugin = obj({ ...common, ...wasmFields });

/** Where in the chain an extension stands: before authentication or authorization, before Istio's metrics, or at the end. */
export type ExtensionPhase = 'AUTHN' | 'AUTHZ' | 'STATS' | 'UNSPECIFIED_PHASE';
