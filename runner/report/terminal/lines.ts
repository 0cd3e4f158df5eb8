import type { RunEvent } from '../../plan/events.ts';
import type { CheckResult, ControlResult, RunVerdict } from '../../plan/result.ts';
import type { Paint } from '../output.ts';

type MutantEvent = Extract<RunEvent, { type: 'mutant' }>;

/** Marks that tell without colour. */
const marks = { passed: '✓', failed: '✗', undecided: '?', error: '!', skipped: '-' } as const;
const styles = { passed: 'green', failed: 'red', undecided: 'yellow', error: 'red', skipped: 'yellow' } as const;

export const mark = (verdict: keyof typeof marks, paint: Paint) => paint(styles[verdict], marks[verdict]);

/** How much evidence a screen takes; the JSON report has all of it. */
const evidenceShown = 8;

/** The checks of a phase: title and what was measured; more where it failed, and where it was a matter of statistics. */
export function checksLines(checks: readonly CheckResult[], paint: Paint): string[] {
  const width = Math.max(0, ...checks.map(({ title }) => title.length));
  return checks.flatMap((check) => {
    const plain = check.verdict === 'passed' && !check.values;
    const title = `${mark(check.verdict, paint)} ${check.title.padEnd(width)}  `;
    if (plain) return [title + paint('dim', check.measured)];
    return [title + paint(styles[check.verdict], said(check)), ...factLines(check, paint)];
  });
}

const said = ({ verdict, measured, id }: CheckResult) => (verdict === 'passed' ? measured : `${id} ${verdict}`);

function factLines({ verdict, expected, measured, evidence }: CheckResult, paint: Paint): string[] {
  const more = evidence.length - evidenceShown;
  return [
    `  expected  ${expected}`,
    ...(verdict === 'passed' ? [] : [`  measured  ${paint('bold', measured)}`]),
    ...evidence.slice(0, evidenceShown).map((line) => `  ${paint('dim', line)}`),
    ...(more > 0 ? [`  ${paint('dim', `and ${more} more lines in the JSON report (--json FILE)`)}`] : []),
  ];
}

/** `✓ split fails` with what was measured: failing is what must be, so it bears the tick. */
export function controlLines(controls: readonly ControlResult[], paint: Paint): string[] {
  const width = Math.max(0, ...controls.map((control) => claim(control).length));
  return controls.map((control) => {
    const { ok, measured } = control;
    const title = `${mark(ok ? 'passed' : 'failed', paint)} ${claim(control).padEnd(width)}`;
    return `${title}  ${ok ? paint('dim', measured) : measured}`;
  });
}

const words = { passed: 'passed', failed: 'failed', undecided: 'stayed undecided', error: 'could not be judged' };

const claim = ({ check, expected, ok, verdict }: ControlResult) =>
  ok
    ? `${check} ${expected === 'failed' ? 'fails' : 'holds'}`
    : `${check} must ${expected === 'failed' ? 'fail' : 'hold'}, but ${words[verdict]}`;

/** Widths that make the mutants of a plan stand in columns: of their ids, and of the checks that reject them. */
export interface MutantColumns {
  id: number;
  check: number;
}

/** One wrong answer in one line; more where it was not rejected as it must be. */
export function mutantLines(event: MutantEvent, columns: MutantColumns, paint: Paint): string[] {
  const { id, expected, rejectedBy, measured, ok } = event.mutant;
  if (ok) {
    const what = `${id.padEnd(columns.id)}  rejected by ${expected.padEnd(columns.check)}`;
    return [`${mark('passed', paint)} ${what}  ${paint('dim', measured)}`];
  }
  const by = rejectedBy === null ? 'was not rejected' : `was rejected by ${rejectedBy}`;
  return [
    `${mark('failed', paint)} ${id} ${by}, must be rejected by ${expected}`,
    `  measured  ${paint('bold', measured)}`,
    ...(event.because ? [`  because   ${event.because}`] : []),
  ];
}

export const verdictWord = (verdict: RunVerdict, paint: Paint) =>
  paint([styles[verdict], 'bold'], verdict.toUpperCase());
