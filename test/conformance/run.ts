import { localPlace } from '../../runner/place/local/local.ts';
import { simPlace } from '../../runner/place/sim/sim.ts';
import { openConformance } from './fixture.ts';
import { groupsOf } from './groups.ts';
import { runTables } from './run-table.ts';
import { tables } from './table.ts';

// node test/conformance/run.ts [sim|local] [alone|together] [PART OF A NAME]: tables in one mesh, one after the other or in groups;
// exit code 1 when one disagrees.
const [, , where = 'sim', how = 'alone', part = ''] = process.argv;
const chosen = tables.filter(({ name }) => name.includes(part));
const started = performance.now();
const mesh = await openConformance(where === 'local' ? localPlace({ env: process.env, download: false }) : simPlace);
const opened = performance.now();
let disagreed = 0;
try {
  for (const group of how === 'alone' ? chosen.map((table) => [table]) : groupsOf(chosen)) {
    const begun = performance.now();
    for (const [name, wrong] of await runTables(mesh, group)) {
      console.log(`${wrong.length === 0 ? 'ok ' : 'NO '} ${name}`);
      for (const sentence of wrong) console.log(`    ${sentence}`);
      if (wrong.length > 0) disagreed++;
    }
    console.log(`    ${Math.round(performance.now() - begun)} ms for ${group.length}`);
  }
} finally {
  await mesh.close();
}
const [opening, all] = [opened - started, performance.now() - started].map((ms) => (ms / 1000).toFixed(1));
const { user, system } = process.cpuUsage();
const requests = chosen.flatMap((t) => [t, ...t.next].flatMap((step) => step.requests.map((r) => r.times)));
console.log(
  `${disagreed} of ${chosen.length} tables with ${requests.length} requests (${requests.reduce((a, b) => a + b, 0)} sent) disagree`,
);
console.log(`${all} s, ${opening} s of it to open; ${((user + system) / 1e6).toFixed(1)} s of this process`);
process.exitCode = disagreed > 0 ? 1 : 0;
