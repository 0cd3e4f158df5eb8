import { servedKinds } from '../../mesh/kube/kinds.ts';
import { CommandError, type ExitCode, exitCodes } from '../fail.ts';
import type { DataPlane, Lab } from '../lab/lab.ts';
import type { Why } from '../place/place.ts';
import { adviceFor } from '../plan/advice.ts';
import { type Job, jobsOf } from '../plan/choose.ts';
import type { RunEvent } from '../plan/events.ts';
import type { Prove } from '../plan/plan.ts';
import { printPlan } from '../plan/print.ts';
import type { RunResult } from '../plan/result.ts';
import { type RunAllOptions, runAll } from '../plan/run-all.ts';
import type { Tools } from '../plan/session.ts';
import { paintFor } from '../report/output.ts';
import { createScreen } from '../report/terminal/screen.ts';
import { summaryLines } from '../report/terminal/summary.ts';
import { createTicker, silentTicker, type Ticker } from '../report/ticker.ts';
import { chooseLabs } from './catalogue.ts';
import type { Deps } from './deps.ts';
import { exitCodeOf } from './exit-code.ts';
import { keepUntilSignal } from './keep.ts';
import { type Chosen, choosePlace, parseOn } from './places.ts';
import { writeReports } from './write-reports.ts';

export interface RunFlags {
  on: string;
  dataPlane?: DataPlane | 'both';
  seed: number;
  parallel: number;
  prove?: Exclude<Prove, 'off'>;
  keep?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  json?: string;
  junit?: string;
  receipts?: string;
}

/** The command `run`: chooses labs and place, runs, reports. Problems with the command line come before those with the place. */
export async function runLabs(names: readonly string[], flags: RunFlags, given: Deps): Promise<ExitCode> {
  // A report on standard output must be nothing but the report.
  const deps = flags.json === '-' ? { ...given, out: given.err } : given;
  const startedAt = deps.date();
  const started = deps.now();
  const on = parseOn(flags.on);
  const labs = await chooseLabs(deps.root, names);
  refuseKeep(flags, labs);
  const chosen = await choosePlace(on, deps, { mayLack: flags.dryRun === true, yes: flags.yes === true });
  const jobs = labs.flatMap((lab) => jobsOf(lab, { prove: 'off', ...flags }, chosen.place));
  if (flags.dryRun) return dryRun(jobs, deps);
  for (const line of await deps.tidy()) deps.out.write(`${line}\n`);
  deps.out.write(`On ${chosen.place.name}: ${chosen.about}. ${chosen.why}\n`);
  const { results, kept } = await runAll(jobs, optionsFor({ flags, chosen, labs, deps }));
  const durationMs = deps.now() - started;
  deps.out.write(
    summaryLines(results, durationMs, paintFor(deps.out))
      .map((line) => `${line}\n`)
      .join(''),
  );
  await writeReports(results, { flags, labs, deps: given, startedAt, durationMs });
  if (kept) await keepUntilSignal(kept, deps);
  // Jobs that an interruption left out have no result of their own.
  return results.length < jobs.length ? exitCodes.interrupted : exitCodeOf(results);
}

/** One mesh can be kept, in the state of a solution. */
function refuseKeep({ keep, prove }: RunFlags, labs: readonly Lab[]): void {
  const refuse = (what: string, fix: string) => {
    throw new CommandError(exitCodes.usage, { what, fix });
  };
  if (keep && labs.length > 1) refuse('`--keep` leaves one mesh running, not several.', 'Name one lab.');
  if (keep && prove)
    refuse('`--keep` with `--prove` would keep the mesh of the last mutant.', 'Leave one of them out.');
}

function dryRun(jobs: readonly Job[], { out }: Deps): ExitCode {
  const texts = jobs.map((job) =>
    'plan' in job ? printPlan(job.plan) : `${job.lab.id}: skipped on ${job.dataPlane}. ${job.skip}\n`,
  );
  out.write(texts.join('\n'));
  return jobs.some((job) => 'plan' in job) ? exitCodes.passed : exitCodes.unavailable;
}

interface Running {
  flags: RunFlags;
  chosen: Chosen;
  labs: readonly Lab[];
  deps: Deps;
}

function optionsFor({ flags, chosen, labs, deps }: Running): RunAllOptions {
  const { out, signal, now, sleep } = deps;
  const together = flags.parallel > 1;
  const ticker = out.terminal ? createTicker(out.terminal) : silentTicker;
  const hints = new Map(labs.map((lab) => [lab.id, lab.hints]));
  const advice = (result: RunResult) => adviceFor(hints.get(result.lab) ?? [], result);
  const underWay = new Set<string>();
  const toolsFor = (): Tools => {
    const screen = createScreen({ out, ticker, together, advice });
    const tell = (event: RunEvent) => {
      screen(event);
      if (together) tickTogether(event, { underWay, ticker });
    };
    // Loaded only when a check has failed.
    const why: Why = async (question) => (await import('../explain/why.ts')).whyIn(question);
    return { place: chosen.place, kinds: servedKinds, signal, now, sleep, tell, why };
  };
  return { parallel: flags.parallel, keep: flags.keep === true, toolsFor };
}

/** Runs that go on at once share one line of progress. */
function tickTogether(event: RunEvent, { underWay, ticker }: { underWay: Set<string>; ticker: Ticker }): void {
  if (event.type === 'run') underWay.add(`${event.plan.lab} ${event.plan.solution}`);
  if (event.type === 'run-end') underWay.delete(`${event.result.lab} ${event.result.solution}`);
  if (underWay.size > 0) ticker.show([...underWay].join(', '));
  else ticker.clear();
}
