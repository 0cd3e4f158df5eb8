import type { Problem, Where } from '../../mesh/problem.ts';
import type { Paint } from './output.ts';

/** One problem as lines: what, then where, then the fix; each of the last two only when known. */
export function problemLines(problem: Problem, paint: Paint): string[] {
  const where = problem.where && whereText(problem.where);
  return [
    `${paint(['red', 'bold'], 'error:')} ${problem.what}`,
    ...(where ? [`  ${paint('dim', 'at ')} ${paint('cyan', where)}`] : []),
    ...(problem.fix ? [`  ${paint('green', 'fix')} ${problem.fix}`] : []),
  ];
}

/** `file:line:column (object)`; the form that terminals and editors turn into links. */
export function whereText({ file, line, column, object }: Where): string {
  const position = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
  if (!position) return object ?? '';
  return object ? `${position} (${object})` : position;
}
