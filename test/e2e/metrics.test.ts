import { describe, expect, it } from 'vitest';
import { needs } from '../../mesh/host/envoy/testing/require.ts';
import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { localPlace } from '../../runner/place/local/local.ts';
import type { Mesh, Place } from '../../runner/place/place.ts';
import { simPlace } from '../../runner/place/sim/sim.ts';
import { repositoryLab } from '../support/labs.ts';
import { runLabsAt } from '../support/run-lab.ts';

const minutes = 60_000;
const pod = { apiVersion: 'v1', kind: 'Pod' };

/** Series of Istio's metrics at every proxy of the lab `canary` once it has run, by name and labels, without the values. */
async function seriesOf(place: Place): Promise<string[]> {
  const found: string[] = [];
  const look = async (mesh: Mesh): Promise<void> => {
    const { items } = await mesh.api.list(pod, {});
    for (const item of items.filter(hasProxy)) {
      const admin = mesh.admin({ namespace: item.metadata.namespace ?? '', name: item.metadata.name });
      found.push(...(await admin.stats('^istio_')).keys());
    }
  };
  const watching: Place = {
    ...place,
    async open(request, progress) {
      const mesh = await place.open(request, progress);
      return watched(mesh, look);
    },
  };
  const { solutions, ...canary } = await repositoryLab('canary');
  const { results } = await runLabsAt(watching, [{ ...canary, solutions: solutions.slice(0, 1) }]);
  expect(new Set(results.map((r) => r.verdict))).toEqual(new Set(['passed']));
  // A real client breaks off what is under way once the split is decided; a bucket more or less is no other series.
  const stays = (name: string) => !name.includes('response_flags="DC"') && !name.includes('_bucket{');
  return [...new Set(found)].filter(stays).sort();
}

/** Looks before the mesh is cleared or closed. */
const watched = (mesh: Mesh, look: (mesh: Mesh) => Promise<void>): Mesh => ({
  api: mesh.api,
  versions: mesh.versions,
  admin: (ref) => mesh.admin(ref),
  settle: (deadlineMs, signal) => mesh.settle(deadlineMs, signal),
  send: (plan, signal) => mesh.send(plan, signal),
  loopDelays: () => mesh.loopDelays(),
  reset: () => mesh.reset(),
  async close() {
    await look(mesh);
    await mesh.close();
  },
});

const hasProxy = ({ spec }: KubeObject): boolean =>
  [...list(spec?.containers), ...list(spec?.initContainers)].some((c) => c.name === 'istio-proxy');
const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);

describe('Istio’s metrics', () => {
  it(
    'have the same names and labels on sim and on local',
    async (context) => {
      needs(context, 'envoy');
      const sim = await seriesOf(simPlace);
      expect(sim).toContainEqual(
        expect.stringMatching(
          /^istio_requests_total\{reporter="source",source_workload="curl",.*destination_workload="customers-v2"/,
        ),
      );
      expect(await seriesOf(localPlace({ env: process.env, download: false }))).toEqual(sim);
    },
    minutes,
  );
});
