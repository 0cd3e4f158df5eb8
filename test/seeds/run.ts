import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { simPlace } from '../../runner/place/sim/sim.ts';
import type { Report } from '../../runner/report/schema.ts';
import { runCommand } from '../support/run-command.ts';

// Solution, control and mutants of labs on sim, once for each seed: a verdict that is wrong for any seed is a check that
// guesses. Usage: node test/seeds/run.ts [--lab all|ID] [--seeds 500] [--from 1]

const { values } = parseArgs({
  options: {
    lab: { type: 'string', default: 'all' },
    seeds: { type: 'string', default: '500' },
    from: { type: 'string', default: '1' },
  },
});

interface Tally {
  runs: number;
  wrong: string[];
}

const tallies = new Map<string, Tally>();

/** One run; what it tells of each lab is added to the tallies. */
async function once(folder: string, seed: number): Promise<void> {
  const file = join(folder, 'report.json');
  const { code, out, err } = await runCommand(
    ['run', values.lab, '--on', 'sim', '--prove', '--seed', String(seed), '--json', file],
    { places: [simPlace] },
  );
  const { runs } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  for (const run of runs) {
    const tally = tallies.get(run.lab) ?? { runs: 0, wrong: [] };
    tallies.set(run.lab, tally);
    tally.runs++;
    if (run.verdict !== 'passed') tally.wrong.push(`seed ${seed}: ${run.verdict}`);
  }
  if (code !== 0) console.log(`seed ${seed} ended with ${code}:\n${out}${err}`);
}

const folder = mkdtempSync(join(tmpdir(), 'seeds-'));
const start = performance.now();
const first = Number(values.from);
try {
  for (let seed = first; seed < first + Number(values.seeds); seed++) await once(folder, seed);
} finally {
  rmSync(folder, { recursive: true });
}
for (const [lab, { runs, wrong }] of tallies)
  console.log(
    `${lab}: ${runs} seeds, ${wrong.length} wrong verdicts${wrong.length > 0 ? ` (${wrong.join(', ')})` : ''}`,
  );
console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
if ([...tallies.values()].some((t) => t.wrong.length > 0) || tallies.size === 0) process.exitCode = 1;
