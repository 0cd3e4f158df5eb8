import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { dice, mutated } from '../support/fuzz-mutate.ts';
import { seeds, throughTheMesh } from '../support/fuzz-pipeline.ts';
import { specialCases } from '../support/fuzz-special.ts';
import type { CaseReport, FuzzOrder } from './report.ts';

/** Runs the cases and reports each; a thread of its own, so that a case that hangs can be named. */
const { meshes, manifests } = workerData as FuzzOrder;
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** Calls of our functions since it was last asked: a measure of work that is the same on every machine. */
function steps(): number {
  let calls = 0;
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error) throw error;
    for (const script of result.filter(({ url }) => url.includes('/mesh/')))
      for (const { ranges } of script.functions) calls += ranges[0]?.count ?? 0;
  });
  return calls;
}

function run(name: string, objects: readonly KubeObject[], pod: string): void {
  parentPort?.postMessage({ started: name });
  steps();
  const report: CaseReport = {
    name,
    manifests: objects.length,
    refused: 0,
    problems: 0,
    nameless: 0,
    size: 0,
    steps: 0,
  };
  try {
    const { refused, problems, size } = throughTheMesh(objects, pod);
    report.refused = refused.length;
    report.problems = problems.length;
    report.nameless = problems.filter((p) => !p.what).length + refused.filter((message) => !message).length;
    report.size = size;
  } catch (error) {
    report.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  report.steps = steps();
  parentPort?.postMessage({ report });
}

const pods = ['shop/web-v1', 'istio-system/ingress-1', 'shop/catalog-v1', 'edge/public-istio-1'];
const pool = seeds();
for (let mesh = 0; mesh < meshes; mesh++) {
  const at = dice(mesh);
  const objects = Array.from({ length: manifests }, () => mutated(at.pick(pool), at));
  run(`seed ${mesh}`, objects, pods[mesh % pods.length] ?? '');
}
for (const [name, objects] of Object.entries(specialCases)) run(name, objects, 'shop/web-v1');
parentPort?.postMessage({ done: true });
