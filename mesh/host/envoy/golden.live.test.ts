import { describe, expect, it } from 'vitest';
import { goldenProxies } from './testing/golden.ts';
import { startTestMesh } from './testing/mesh.ts';
import { envoyBinary, needs } from './testing/require.ts';

const synced = ['SYNCED', 'NOT SENT'];

/** Every proxy that istiod was measured with, one at a time: a real Envoy takes all of what localise makes of it. */
describe('golden proxies on real Envoys', () => {
  const golden = goldenProxies();
  const cases = envoyBinary === '' ? [] : golden;

  it.for(cases.map((g): [string, (typeof golden)[number]] => [`${g.scenario.slice(0, 3)} ${g.proxy.name}`, g]))(
    '%s is accepted',
    { timeout: 30_000 },
    async ([, { proxy, config }]) => {
      const mesh = await startTestMesh([proxy]);
      try {
        const pod = await mesh.add({ proxy, config });
        const status = mesh.xds.status(proxy.id);
        expect(status.rejections).toEqual([]);
        for (const type of ['listeners', 'routes', 'clusters', 'endpoints'] as const)
          expect(synced).toContain(status[type]);
        const stats = await pod.envoy.admin.stats(
          'total_listeners|warming_clusters|\\.active_clusters|update_rejected',
        );
        expect(stats.get('listener_manager.total_listeners_warming')).toBe(0);
        expect(stats.get('cluster_manager.warming_clusters')).toBe(0);
        // One listener (fabric) is ours; the clusters are those sent, fabric, and the xDS server's of the bootstrap.
        expect(stats.get('listener_manager.total_listeners_active')).toBe(config.listeners.length + 1);
        expect(stats.get('cluster_manager.active_clusters')).toBe(config.clusters.length + 2);
        for (const [name, count] of stats)
          if (name.endsWith('update_rejected')) expect([name, count]).toEqual([name, 0]);
      } finally {
        await mesh.close();
      }
    },
  );

  it('are all 49', (context) => {
    needs(context, 'envoy');
    expect(golden).toHaveLength(49);
  });
});
