import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { customers } from '../../mesh/host/envoy/testing/customers.ts';
import { startTestMesh } from '../../mesh/host/envoy/testing/mesh.ts';
import { envoyBinary } from '../../mesh/host/envoy/testing/require.ts';
import { captureSocket } from '../../mesh/host/localise/place.ts';
import type { LoadResult, LoadTask } from './load-generator.ts';

// The canary route on real Envoys: client sidecar → server sidecar → app, mTLS, istiod's own configuration (golden a02).

const ticksPerSecond = 100;

/** Processor seconds that a process has used (proc(5), stat: utime and stime). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export interface RealThroughput {
  /** Requests per second of wall-clock time; generator, app and Envoys share the machine. */
  wall: number;
  /** Requests per second of the Envoys' own processor time: what they would do with one core for themselves. */
  oneCore: number;
}

/** Undefined where there is no Envoy for tests (MESH_LABS_ENVOY), or no /proc. */
export async function realEnvoys(rounds: number): Promise<RealThroughput[] | undefined> {
  if (envoyBinary === '' || process.platform !== 'linux') return undefined;
  const golden = customers();
  const mesh = await startTestMesh(Object.values(golden).map((g) => g.proxy));
  try {
    const app = { 3000: (_: unknown, response: { end(body: string): void }) => response.end('v') };
    const pods = [];
    for (const pod of [golden.v1, golden.v2]) pods.push(await mesh.add({ ...pod, apps: app }));
    const client = await mesh.add(golden.frontend);
    const task: LoadTask = {
      socket: captureSocket(client.folder),
      source: client.proxy.ip,
      connections: 32,
      seconds: 3,
    };
    await load({ ...task, seconds: 1 });
    const pids = [...pods, client].map((pod) => pod.envoy.pid);
    const used = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const all: RealThroughput[] = [];
    for (let n = 0; n < rounds; n++) {
      const before = used();
      const { requests, seconds } = await load(task);
      all.push({ wall: Math.round(requests / seconds), oneCore: Math.round(requests / (used() - before)) });
    }
    return all;
  } finally {
    await mesh.close();
  }
}

/** In a process of its own, so that the app here does not wait for the generator. */
function load(task: LoadTask): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./load-generator.ts', import.meta.url));
    child.on('message', (result) => resolve(result as LoadResult));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
    child.send(task);
  });
}
