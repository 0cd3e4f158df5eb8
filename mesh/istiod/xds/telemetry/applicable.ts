import type { JsonObject } from '../../../json.ts';
import type { MeshConfig } from '../../mesh-config.ts';
import type { Config } from '../../model/config.ts';
import type { Telemetry, WorkloadMode } from '../../model/telemetry.ts';
import type { ProxyContext } from '../context.ts';
import type { TrafficDirection } from '../filter/filter.ts';

/** The Telemetry objects of a proxy, widest first. */
export const telemetriesOf = ({ snapshot, proxy }: ProxyContext): readonly Config<Telemetry>[] =>
  snapshot.telemetries.ofWorkload(proxy.namespace, proxy.labels);

/** Gateways are clients of the mesh. */
export const modeOf = (direction: TrafficDirection): WorkloadMode => (direction === 'inbound' ? 'SERVER' : 'CLIENT');

/** The extension provider of a name, which is not case-sensitive (fetchProvider in istio pilot/pkg/model/telemetry.go). */
export const providerNamed = (mesh: MeshConfig, name: string): JsonObject | undefined =>
  (mesh.extensionProviders ?? []).find((p) => String(p.name ?? '').toLowerCase() === name.toLowerCase());

/** One problem for each provider that cannot be used. */
export function unusable(context: ProxyContext, name: string, why: string): undefined {
  const what = `the extension provider ${name} is not used: ${why}`;
  if (!context.problems.some((p) => p.what === what))
    context.problems.push({ what, fix: `correct ${name} in extensionProviders of the mesh config` });
  return undefined;
}
