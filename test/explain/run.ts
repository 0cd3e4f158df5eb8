import { subjects } from '../../runner/explain/testing/cases.ts';
import { agrees, compare } from './compare.ts';
import { LiveMesh } from './live-mesh.ts';

/** Every case of explain beside real Envoys: `npm run explain-cases`. Ends with 1 when one disagrees. */
const wanted = process.argv.slice(2);
const all = subjects.flatMap(([, cases]) => cases);
const cases = all.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const live = await LiveMesh.open(process.env.MESH_LABS_ENVOY ?? '');
let [equal, lines] = [0, 0];
const start = performance.now();
try {
  for (const question of cases.filter((c) => c.notLive === undefined)) {
    const compared = await compare(question, live);
    if (agrees(question, compared)) {
      equal++;
      lines += compared.predicted.length;
      continue;
    }
    process.exitCode = 1;
    console.log(`✗ ${question.name}`);
    for (const line of compared.predicted) console.log(`    predicted ${line}`);
    for (const line of compared.logged) console.log(`    logged    ${line}`);
  }
} finally {
  await live.close();
}
const left = cases.filter((c) => c.notLive !== undefined);
for (const { name, notLive } of left) console.log(`- ${name}: not compared: ${notLive}`);
console.log(`${equal} of ${cases.length} cases (${lines} lines of access logs) are as real Envoys logged them`);
console.log(`${((performance.now() - start) / 1000).toFixed(1)} s`);
