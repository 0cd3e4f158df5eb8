import type { CheckResult, ControlResult, MutantResult, RunVerdict } from '../../plan/result.ts';
import type { Paint } from '../output.ts';

/** Marks that tell without colour. */
const marks = { passed: '✓', failed: '✗', undecided: '?', error: '!', skipped: '-' } as const;
const styles = { passed: 'green', failed: 'red', undecided: 'yellow', error: 'red', skipped: 'yellow' } as const;

export const mark = (verdict: keyof typeof marks, paint: Paint) => paint(styles[verdict], marks[verdict]);

/** How much evidence a screen takes; the JSON report has all of it. */
const evidenceShown = 8;

/** One check: what it claims, what was measured against what was expected, and the facts behind it. */
export function checkLines(check: CheckResult, paint: Paint): string[] {
  const { verdict, title, expected, measured, evidence, id } = check;
  const more = evidence.length - evidenceShown;
  const label = verdict === 'passed' ? '' : `  ${paint(styles[verdict], verdict)}`;
  return [
    `${mark(verdict, paint)} ${paint('bold', title)}  ${paint('dim', id)}${label}`,
    `  expected  ${expected}`,
    `  measured  ${verdict === 'passed' ? measured : paint(styles[verdict], measured)}`,
    ...evidence.slice(0, evidenceShown).map((line) => `  ${paint('dim', line)}`),
    ...(more > 0 ? [`  ${paint('dim', `and ${more} more lines in the JSON report`)}`] : []),
  ];
}

/** `✓ split fails` with what was measured: fails is what must be, so it bears the tick. */
export function controlLines(controls: readonly ControlResult[], paint: Paint): string[] {
  const width = Math.max(0, ...controls.map((control) => claim(control).length));
  return controls.map(
    (control) =>
      `${mark(control.ok ? 'passed' : 'failed', paint)} ${claim(control).padEnd(width)}  ${dimmed(control, paint)}`,
  );
}

const claim = ({ check, expected, ok, verdict }: ControlResult) =>
  ok
    ? `${check} ${expected === 'failed' ? 'fails' : 'holds'}`
    : `${check} must ${expected === 'failed' ? 'fail' : 'hold'}, but ${said[verdict]}`;
const said = { passed: 'passed', failed: 'failed', undecided: 'stayed undecided', error: 'could not be judged' };

const dimmed = ({ measured, ok }: { measured: string; ok: boolean }, paint: Paint) =>
  ok ? paint('dim', measured) : measured;

/** One wrong answer in one line; a second one tells why it matters when it was not rejected. */
export function mutantLines(mutant: MutantResult, because: string | undefined, paint: Paint): string[] {
  const { id, expected, rejectedBy, measured, ok } = mutant;
  if (ok) return [`${mark('passed', paint)} ${id}, rejected by ${expected}  ${paint('dim', measured)}`];
  const by = rejectedBy === null ? 'was not rejected' : `was rejected by ${rejectedBy}`;
  return [
    `${mark('failed', paint)} ${id} ${by}, must be rejected by ${expected}`,
    `  measured  ${paint('red', measured)}`,
    ...(because ? [`  because   ${because}`] : []),
  ];
}

export const verdictWord = (verdict: RunVerdict, paint: Paint) =>
  paint([styles[verdict], 'bold'], verdict.toUpperCase());
