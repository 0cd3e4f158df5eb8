import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { subjects } from '../../runner/explain/testing/cases.ts';
import { receipts } from './receipts.ts';

/** What a statement about behaviour rests on: a lab's check, a golden scenario of istiod, or a case of `explain`. */
export interface ProofName {
  lab?: string;
  check?: string;
  golden?: string;
  explain?: string;
}

export interface ProofRun {
  place: string;
  dataPlane: string;
  date: string;
  /** What the check saw, one sentence. */
  measured: string;
  expected: string;
  versions: { [name: string]: string };
}

export interface Proof {
  state: 'proved' | 'not yet' | 'red';
  /** What proves it, in words. */
  by: string;
  /** The command that runs it again. */
  command?: string;
  runs: ProofRun[];
}

/** Looks a proof up. Throws for a name that leads nowhere, because a claim must never look proved by a typing error. */
export function proofOf(name: ProofName, root = process.cwd()): Proof {
  if (name.lab !== undefined && name.check !== undefined) return labProof(name.lab, name.check, root);
  if (name.golden !== undefined) return goldenProof(name.golden, root);
  if (name.explain !== undefined) return explainProof(name.explain);
  throw new Error(`a claim names a lab and a check, a golden scenario or a case of explain: ${JSON.stringify(name)}`);
}

function labProof(lab: string, check: string, root: string): Proof {
  const about = { by: `check ${check} of the lab ${lab}`, command: `npx mesh-labs run ${lab} --prove` };
  const found = receipts(root).filter((receipt) => receipt.lab === lab);
  const seen = found.flatMap(({ place, dataPlane, date, versions, runs }) =>
    runs.flatMap(({ checks }) =>
      checks
        .filter(({ id }) => id === check || id.startsWith(`${check}/`))
        .map(({ verdict, measured, expected }) => ({ verdict, place, dataPlane, date, measured, expected, versions })),
    ),
  );
  if (seen.length === 0) return { ...about, state: 'not yet', runs: [] };
  const runs = seen.map(({ verdict: _, ...run }) => run);
  return { ...about, state: seen.every(({ verdict }) => verdict === 'passed') ? 'proved' : 'red', runs };
}

/** `npm test` compares every golden scenario with our answers, so one that is there and merged is proved. */
function goldenProof(scenario: string, root: string): Proof {
  if (!existsSync(join(root, 'test/golden/istiod', scenario)))
    throw new Error(`there is no golden scenario ${scenario}`);
  const by = `the real istiod's answers in the scenario ${scenario}, compared field by field with ours by npm test`;
  return { state: 'proved', by, command: 'npx vitest run test/golden/istiod.test.ts', runs: [] };
}

/** `npm test` sends each case of `explain` through a simulated mesh; `npm run explain-cases` compares them with real Envoys. */
function explainProof(name: string): Proof {
  const found = subjects.flatMap(([, cases]) => cases).some((c) => c.name === name);
  if (!found) throw new Error(`explain has no case “${name}” (runner/explain/testing/cases)`);
  const by = `the case “${name}” of mesh-labs explain, sent through a simulated mesh by npm test`;
  return { state: 'proved', by, command: 'npx vitest run runner/explain/cases.test.ts', runs: [] };
}
