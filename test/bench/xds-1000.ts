import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import { proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import type { Snapshot } from '../../mesh/istiod/snapshot/snapshot.ts';
import { withEndpoints } from '../../mesh/istiod/snapshot/with-endpoints.ts';
import { contextOf } from '../../mesh/istiod/xds/context.ts';
import { buildEndpoints } from '../../mesh/istiod/xds/endpoints.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Bench, Measurement } from './bench.ts';
import { endpointPush } from './endpoint-push.ts';
import { changedSlice, mesh1000 } from './mesh-1000.ts';

const runs = 15;
/** Median of the real istiod on this mesh and this kind of machine, from request to whole answer, milliseconds. */
const istiodMs = 370;

const time = (work: () => unknown): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
const times = (work: () => unknown): number[] => Array.from({ length: runs }, () => time(work));

/** One sidecar of a mesh of 1 000 services, up to serialised bytes; and one changed endpoint. */
export const xds1000: Bench = {
  name: 'xds-1000',
  async run() {
    const objects = mesh1000();
    const meshConfig = installedMeshConfig();
    const build = () => buildSnapshot(objects, meshConfig);
    const client = objects.find((o) => o.metadata.name === 'client') as KubeObject;
    const snapshots = times(build);
    const serialised = (snapshot: Snapshot) => {
      const { listeners, routes, clusters, endpoints } = xds(snapshot, proxyOf(client, snapshot));
      return [listeners, routes, clusters, endpoints].map((part) => JSON.stringify(part).length);
    };
    // A new snapshot each time: what one proxy leaves behind must not make the next one fast.
    const all = Array.from({ length: runs }, () => build()).map((snapshot) => time(() => serialised(snapshot)));
    return [
      { what: 'snapshot of 1 000 services', values: snapshots, unit: 'ms' },
      { what: 'xds of one sidecar, serialised', values: all, unit: 'ms', budget: { atMost: istiodMs } },
      { what: '  ratio to the real istiod (370 ms)', values: all.map((ms) => ms / istiodMs), unit: 'ratio' },
      endpointChange(build(), objects, client),
      endpointPush(objects, client),
      { what: 'memory of a process that does it once (RSS)', values: [memory()], unit: 'MB', budget: { atMost: 300 } },
    ];
  },
};

function memory(): number {
  const script = join(import.meta.dirname, 'xds-memory.ts');
  const said = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  return (JSON.parse(said) as { rssMb: number }).rssMb;
}

function endpointChange(snapshot: Snapshot, objects: readonly KubeObject[], client: KubeObject): Measurement {
  const slices = changedSlice(objects);
  const name = 'svc-0.team-0.svc.cluster.local';
  const names = [80, 9000].map((port) => `outbound|${port}||${name}`);
  const values = times(() => {
    const next = withEndpoints(snapshot, { namespace: 'team-0', service: 'svc-0', slices });
    if (!next) throw new Error('an endpoint change took a new snapshot');
    JSON.stringify(buildEndpoints(contextOf(next, proxyOf(client, next)), names));
  });
  return { what: 'one endpoint change', values, unit: 'ms', budget: { atMost: 5 } };
}
