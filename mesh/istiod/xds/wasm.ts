import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import type { ExtensionConfig } from '../ingest/traffic-extension.ts';
import type { Wasm } from '../model/traffic-extension.ts';
import { some, text, typed } from './any.ts';

/** The configuration of a WebAssembly filter that Envoy fetches (buildWasmConfig in istio pilot/pkg/model/extensions.go). */
export function wasmConfig(extension: ExtensionConfig): JsonObject {
  const wasm = extension.spec.wasm ?? {};
  const level = extension.protocol === 'NETWORK' ? 'network' : 'http';
  return {
    name: extension.resourceName,
    typedConfig: typed(`envoy.extensions.filters.${level}.wasm.v3.Wasm`, {
      config: {
        configuration: configuration(wasm),
        failurePolicy: failurePolicies[wasm.failStrategy ?? ''] ?? 'FAIL_CLOSED',
        name: `${extension.namespace}.${extension.name}`,
        rootId: text(wasm.pluginName),
        vmConfig: {
          code: codeOf(wasm),
          environmentVariables: environment(extension, wasm),
          runtime: 'envoy.wasm.runtime.v8',
        },
      },
    }),
  };
}

const failurePolicies: { [strategy: string]: string } = { FAIL_OPEN: 'FAIL_OPEN', FAIL_RELOAD: 'FAIL_RELOAD' };

const configuration = ({ pluginConfig = {} }: Wasm): JsonObject =>
  Object.keys(pluginConfig).length > 0
    ? typed('google.protobuf.StringValue', { value: JSON.stringify(sorted(pluginConfig)) })
    : {};

/** protojson writes the fields of a Struct in order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [key, sorted(item ?? null)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The agent fetches the code itself and gives Envoy a file, so the cluster has no meaning. Without scheme it is an OCI image. */
function codeOf({ url = '', sha256 }: Wasm): JsonObject {
  if (/^file:/i.test(url)) return { local: { filename: url.replace(/^file:\/\//, '') } };
  const uri = /^[a-z][\w+.-]*:/i.test(url) ? url : `oci://${url}`;
  return { remote: { httpUri: { cluster: '_', timeout: '30s', uri }, sha256: text(sha256) } };
}

/** What the agent reads and takes out again, and what the filter may see. Pull secrets are istiod's own business: nothing reads them here. */
function environment({ resourceVersion }: ExtensionConfig, wasm: Wasm): JsonObject {
  const policy = wasm.imagePullPolicy;
  const own = wasm.vmConfig?.env ?? [];
  return {
    hostEnvKeys: some(own.filter((e) => e.valueFrom === 'HOST').map((e) => e.name ?? '')),
    keyValues: {
      ...(wasm.imagePullSecret ? { ISTIO_META_WASM_IMAGE_PULL_SECRET: '' } : {}),
      ...(policy && policy !== 'UNSPECIFIED_POLICY' ? { ISTIO_META_WASM_IMAGE_PULL_POLICY: policy } : {}),
      ISTIO_META_WASM_PLUGIN_RESOURCE_VERSION: resourceVersion,
      ...Object.fromEntries(own.filter((e) => e.valueFrom !== 'HOST').map((e) => [e.name ?? '', e.value ?? ''])),
    },
  };
}
