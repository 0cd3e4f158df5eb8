import type { KubeObject } from '../../kube/objects.ts';
import type { Config } from '../model/config.ts';
import {
  type ExtensionPhase,
  type TrafficExtension,
  trafficExtension,
  wasmPlugin,
} from '../model/traffic-extension.ts';
import { describe, type Intake, readConfig } from './read.ts';

/** An extension under the name by which Envoy asks for it. */
export interface ExtensionConfig extends Config<TrafficExtension> {
  resourceName: string;
  resourceVersion: string;
  phase: ExtensionPhase;
  protocol: 'HTTP' | 'NETWORK';
}

/** convertToTrafficExtensionWrapper in istio pilot/pkg/model/extensions.go; one that can have no effect becomes a problem. */
export function ingestTrafficExtension(object: KubeObject, intake: Intake): ExtensionConfig[] {
  const config = readConfig(object, trafficExtension, intake);
  return named(object, config, intake);
}

/** A WasmPlugin is a TrafficExtension of a name that no object can have (istio pilot/pkg/config/kube/extensions/translate.go). */
export function ingestWasmPlugin(object: KubeObject, intake: Intake): ExtensionConfig[] {
  const config = readConfig(object, wasmPlugin, intake);
  const { selector, targetRef, targetRefs, phase, priority, match, ...wasm } = config.spec;
  const spec: TrafficExtension = { selector, targetRef, targetRefs, phase, priority, match, wasm };
  const origin = intake.provenance.get(config.spec);
  if (origin) intake.provenance.set(spec, origin);
  return named(object, { ...config, spec }, intake, '~istio-translated-wasmplugin');
}

function named(object: KubeObject, config: Config<TrafficExtension>, intake: Intake, mark = ''): ExtensionConfig[] {
  const why = flawOf(config.spec);
  if (why) {
    const where = { object: describe(object) };
    intake.problems.push({ what: `${describe(object)} has no effect: ${why}`, where, fix: 'give it wasm.url or lua' });
    return [];
  }
  const name = `${config.name}${mark}`;
  const { phase, wasm } = config.spec;
  const version = object.metadata.resourceVersion;
  return [
    {
      ...config,
      name,
      resourceName: `extensions.istio.io/trafficextension/${config.namespace}.${name}`,
      resourceVersion: typeof version === 'string' ? version : '',
      phase: phase === 'AUTHN' || phase === 'AUTHZ' || phase === 'STATS' ? phase : 'UNSPECIFIED_PHASE',
      protocol: wasm?.type === 'NETWORK' ? 'NETWORK' : 'HTTP',
    },
  ];
}

function flawOf({ wasm, lua }: TrafficExtension): string | undefined {
  if (wasm) return wasm.url && !wasm.url.startsWith(':') ? undefined : 'its url is missing or not one';
  if (!lua) return 'it has neither wasm nor lua';
  const code = lua.inlineCode ?? '';
  if (code === '') return 'its Lua code is empty';
  return new TextEncoder().encode(code).length > 65536 ? 'its Lua code is longer than 64 KiB' : undefined;
}
