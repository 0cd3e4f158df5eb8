import { messageText } from '../../check/analyze.ts';
import type { RunEvent } from '../../plan/events.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunResult } from '../../plan/result.ts';
import { duration } from '../duration.ts';
import type { Paint } from '../output.ts';
import { problemLines } from '../problem.ts';
import { mark, verdictWord } from './lines.ts';

const timeWidth = 9;
const nameWidth = 10;

export function titleBlock({ lab, title, solution, dataPlane, seed }: Plan, paint: Paint): string[] {
  const about = `solution ${solution}, ${dataPlane}, seed ${seed}`;
  return ['', `${paint('bold', lab)}  ${title}`, paint('dim', about), ''];
}

/** `    0.3 s  apps      4 pods ready`, and the details below it. */
export function phaseBlock(
  { phase, durationMs, note, ok }: Extract<RunEvent, { type: 'phase-end' }>,
  details: readonly string[],
  paint: Paint,
): string[] {
  const time = duration(durationMs);
  const left = ' '.repeat(Math.max(0, timeWidth - time.length));
  const head = `${left}${paint('dim', time)}  ${phase.kind.padEnd(nameWidth)}`;
  // The first line of a mutant says everything already.
  const quiet = phase.kind === 'mutant' && details.length > 0;
  const [first = '', ...rest] = quiet ? details : [ok ? note : `${mark('error', paint)} ${note}`, ...details];
  const indent = ' '.repeat(timeWidth + 2 + (quiet ? nameWidth : 0));
  return [head + first, ...rest.map((line) => indent + line)];
}

/** How a run ended, and why; a reason that a problem above has told already is not repeated. */
export function endBlock(result: RunResult, advice: string | undefined, paint: Paint): string[] {
  const { lab, title, verdict, reason, problems = [], analysis = [] } = result;
  const serious = analysis.filter(({ level }) => level !== 'Info').slice(0, 3);
  const skipped = verdict === 'skipped';
  return [
    ...(skipped ? ['', `${paint('bold', lab)}  ${title}`] : []),
    '',
    ...problems.flatMap((problem) => problemLines(problem, paint)),
    `${verdictWord(verdict, paint)}  ${lab}${skipped ? '' : extent(result)}`,
    ...(reason && reason !== problems[0]?.what ? [`  ${reason}`] : []),
    ...serious.map((message) => `  ${paint('yellow', 'analyze')} ${messageText(message)}`),
    ...(advice ? [`  ${paint('green', 'try')} ${advice.trim().replaceAll('\n', ' ')}`] : []),
  ];
}

/** ` in 5.0 s: 3 checks, 3 controls, 6 mutants` */
function extent({ verdict, checks, proof, timing }: RunResult): string {
  const counts = [
    [checks.length, 'check'],
    [proof?.controls.length ?? 0, 'control'],
    [proof?.mutants.length ?? 0, 'mutant'],
  ] as const;
  const parts = counts.flatMap(([n, what]) => (n === 0 ? [] : [`${n} ${what}${n === 1 ? '' : 's'}`]));
  return ` in ${duration(timing.durationMs)}${verdict === 'passed' && parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
