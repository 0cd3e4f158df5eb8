import { faults } from './faults.ts';
import type { Feature } from './feature.ts';
import { features } from './features/registry.ts';
import { errorRate } from './fisher.ts';
import { type Gap, readGaps } from './gaps.ts';
import { judge, type Verdict } from './judge.ts';
import { disagreement, header, line } from './report.ts';
import { shrink } from './shrink.ts';

export interface Options {
  feature?: string[];
  cases: number;
  seed: number;
  /** Undefined: all features, with faults; true: only features that have some; false: none are planted. */
  faults?: boolean;
  shrink?: boolean;
  list?: boolean;
}

/** Disagreements of a feature that are shrunk: the others are most often the same. */
const shrunk = 2;

/** Runs and reports; returns the exit code. */
export async function run(options: Options): Promise<number> {
  const wanted = chosen(options);
  if (options.list) {
    for (const { id, title } of features) console.log(`${id.padEnd(18)} ${title}`);
    return 0;
  }
  const gaps = readGaps();
  const planted = options.faults === false ? [] : faults;
  console.log(`seed ${options.seed}\n${header()}`);
  const verdicts: Verdict[] = [];
  for (const feature of wanted) {
    const verdict = await judge(feature, { ...options, gaps, faults: planted });
    verdicts.push(verdict);
    console.log(line(verdict));
    await tell(verdict, options);
  }
  const wrong = summary(verdicts, {
    gaps,
    planted: planted.filter((f) => wanted.some((w) => w.id === f.feature)).length,
  });
  return wrong ? 1 : 0;
}

/** The features that the options ask for; throws for one that is not there. */
export function chosen({ feature: ids, faults: only }: Pick<Options, 'feature' | 'faults'>): readonly Feature[] {
  const unknown = ids?.find((id) => !features.some((f) => f.id === id));
  if (unknown !== undefined) throw new Error(`no feature is called ${unknown}; --list tells them`);
  return features
    .filter((f) => !ids || ids.includes(f.id))
    .filter((f) => !only || faults.some((fault) => fault.feature === f.id));
}

async function tell({ feature, disagreed }: Verdict, { seed, shrink: small }: Options): Promise<void> {
  for (const [i, found] of disagreed.entries()) {
    if (i >= 2 * shrunk) break;
    const shown = small && i < shrunk ? await shrink(feature, found, seed) : found;
    console.log(disagreement(feature.id, shown));
  }
}

/** Whether anything is wrong; says what. */
export function summary(
  verdicts: readonly Verdict[],
  { gaps, planted }: { gaps: readonly Gap[]; planted: number },
): boolean {
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const missed = verdicts.flatMap((v) => v.faults.filter((f) => f.caughtBy === 0).map((f) => f.fault.id));
  const ran = new Set(verdicts.map((v) => v.feature.id));
  const healed = gaps.filter((gap) => ran.has(gap.feature) && !verdicts.some((v) => v.gaps.has(gap)));
  const disagreed = sum((v) => v.disagreed.length);
  const tests = sum((v) => v.tests);
  console.log(
    `${sum((v) => v.cases)} cases, ${disagreed} disagree, ${gaps.length} gaps named, ${planted - missed.length} of ${planted} faults caught, ` +
      `${tests} exact tests at ${errorRate} each, ${Math.round(sum((v) => v.seconds))} s`,
  );
  for (const id of missed) console.log(`the fault ${id} was not caught`);
  for (const { id } of healed) console.log(`the gap ${id} has healed: remove it from gaps.yaml`);
  return disagreed > 0 || missed.length > 0 || healed.length > 0;
}
