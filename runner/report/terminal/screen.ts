import type { RunEvent } from '../../plan/events.ts';
import type { Phase, Plan } from '../../plan/plan.ts';
import type { CheckResult, RunResult } from '../../plan/result.ts';
import { duration } from '../duration.ts';
import { type Output, type Paint, paintFor } from '../output.ts';
import { problemLines } from '../problem.ts';
import type { Ticker } from '../ticker.ts';
import { checkLines, controlLines, mutantLines, verdictWord } from './lines.ts';

export interface ScreenOptions {
  out: Output;
  ticker: Ticker;
  /** Lines are kept back until a run has ended: several runs go on at once. */
  together: boolean;
  /** What to try next, for a run that failed. */
  advice(lab: string, checks: readonly CheckResult[]): string | undefined;
}

const timeWidth = 9;
const nameWidth = 10;
const indent = ' '.repeat(timeWidth + 2);

/** Turns events into lines: elapsed time, phase, what it came to; the checks below their phase. */
export function createScreen(options: ScreenOptions): (event: RunEvent) => void {
  const { out, ticker, together } = options;
  const paint = paintFor(out);
  let details: string[] = [];
  const held: string[] = [];
  let phase = '';
  const write = (lines: readonly string[]) => {
    if (together) held.push(...lines);
    else flush(lines);
  };
  const flush = (lines: readonly string[]) => {
    ticker.clear();
    if (lines.length > 0) out.write(`${lines.join('\n')}\n`);
  };
  const handlers: { [K in RunEvent['type']]: (event: Extract<RunEvent, { type: K }>) => void } = {
    run: ({ plan }) => write(titleLines(plan, paint)),
    phase: (event) => {
      phase = event.phase.title;
      if (!together) ticker.show(phase);
    },
    step: ({ text }) => together || ticker.show(`${phase}: ${text}`),
    checks: ({ checks }) => details.push(...checks.flatMap((check) => checkLines(check, paint))),
    controls: ({ controls }) => details.push(...controlLines(controls, paint)),
    mutant: ({ mutant, because }) => details.push(...mutantLines(mutant, because, paint)),
    'phase-end': (event) => {
      write(phaseLines(event, details, paint));
      details = [];
    },
    'run-end': ({ result }) => {
      write(endLines(result, options, paint));
      if (together) flush(held.splice(0));
    },
  };
  return (event) => handlers[event.type](event as never);
}

function titleLines({ lab, title, solution, dataPlane, seed }: Plan, paint: Paint): string[] {
  const about = `solution ${solution}, ${dataPlane}, seed ${seed}`;
  return ['', `${paint('bold', lab)}  ${title}`, paint('dim', about), ''];
}

function phaseLines(
  event: Extract<RunEvent, { type: 'phase-end' }>,
  details: readonly string[],
  paint: Paint,
): string[] {
  const { phase, durationMs, note, ok } = event;
  const time = paint('dim', duration(durationMs).padStart(timeWidth));
  const head = (text: string) => `${time}  ${nameOf(phase).padEnd(nameWidth)}${text}`;
  // A mutant's one line says everything; the others have a note and their details below.
  const [first = '', ...rest] =
    phase.kind === 'mutant' && details.length > 0 ? details : [ok ? note : paint('red', note), ...details];
  const deep = phase.kind === 'mutant' ? indent + ' '.repeat(nameWidth) : indent;
  return [head(first), ...rest.map((line) => `${deep}${line}`)];
}

const nameOf = ({ kind }: Phase) => kind;

function endLines(result: RunResult, { advice }: ScreenOptions, paint: Paint): string[] {
  const { lab, verdict, reason, timing, problems = [] } = result;
  const next = verdict === 'failed' ? advice(lab, result.checks) : undefined;
  return [
    ...(verdict === 'skipped' ? ['', `${paint('bold', lab)}  ${result.title}`] : []),
    '',
    ...problems.flatMap((problem) => problemLines(problem, paint)),
    `${verdictWord(verdict, paint)}  ${lab}${verdict === 'skipped' ? '' : ` in ${duration(timing.durationMs)}`}`,
    ...(reason ? [`  ${reason}`] : []),
    ...(next ? [`  ${paint('green', 'try')} ${next}`] : []),
  ];
}
