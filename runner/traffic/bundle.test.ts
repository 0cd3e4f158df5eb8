import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { socketFolder } from '../../test/support/sockets.ts';
import { collect, trafficPlan, withTraffic } from '../../test/support/traffic-run.ts';
import { startTraffic } from './traffic.ts';

it('the client runs as one file that brings nothing but itself and the world', async () => {
  await using folder = await socketFolder();
  const outfile = folder.path('traffic.mjs');
  const { metafile } = await build({
    entryPoints: [new URL('./main.ts', import.meta.url).pathname],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    metafile: true,
  });
  expect(
    Object.keys(metafile.inputs).filter(
      (path) => !/^(runner\/traffic|mesh\/world)\/|^mesh\/(problem|host\/apps\/loop-delay)\.ts$/.test(path),
    ),
  ).toEqual([]);
  await withTraffic(
    (response) => response.end(),
    async ({ dial }) => {
      const bundled = await startTraffic({ command: [process.execPath, outfile] });
      try {
        const plan = trafficPlan({ limit: { requests: 3 } });
        const observations = await collect(bundled.send(plan, dial, new AbortController().signal));
        expect(observations.map((o) => o.status)).toEqual([200, 200, 200]);
      } finally {
        await bundled.close();
      }
    },
  );
});
