import type { Paint } from './output.ts';

/** One line of `doctor`. */
export interface Finding {
  level: 'ok' | 'warn' | 'fail';
  what: string;
  fix?: string;
}

const styles = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

export const findingLines = ({ level, what, fix }: Finding, paint: Paint): string[] => [
  `${paint(styles[level], level.padEnd(5))} ${what}`,
  ...(fix ? [`      ${paint('green', 'fix')} ${fix}`] : []),
];
