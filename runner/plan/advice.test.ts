import { describe, expect, it } from 'vitest';
import { adviceFor } from './advice.ts';
import type { CheckResult, RunResult } from './result.ts';

const check = (id: string, verdict: CheckResult['verdict'], values?: { [name: string]: number }): CheckResult => ({
  ...{ id, verdict, title: id, expected: '', measured: '', evidence: [] },
  ...(values && { values }),
});
const analysis: RunResult['analysis'] = [
  { code: 'IST0101', level: 'Error', kind: 'VirtualService', namespace: 'default', name: 'a', message: 'm' },
];
const hints = [
  { when: { analyze: 'IST0101', check: 'split' }, say: 'name' },
  { when: { analyze: 'IST0132' }, say: 'host' },
  { when: { check: 'split', measured: { v2: [45, 55] as [number, number] } }, say: 'pods' },
  { when: { check: 'table' }, say: 'row' },
  { when: { analyze: 'IST0101' }, say: 'missing' },
  { say: 'general' },
];

const table: [string, CheckResult[], RunResult['analysis'], string | undefined][] = [
  ['nothing where nothing failed', [check('split', 'passed')], analysis, undefined],
  ['what the analysis says about the check', [check('split', 'failed')], analysis, 'name'],
  ['what was measured', [check('split', 'failed', { v2: 50 })], [], 'pods'],
  ['no range that the value is outside of', [check('split', 'failed', { v2: 60 })], [], 'general'],
  ['a table by its row', [check('table/a', 'failed')], [], 'row'],
  ['nothing by a check that passed', [check('table/a', 'passed'), check('b', 'failed')], [], 'general'],
  ['what the analysis says about anything', [check('b', 'failed')], analysis, 'missing'],
  ['also what stayed open', [check('table/a', 'undecided')], undefined, 'row'],
];

describe('advice', () => {
  it.each(table)('is %s', (_, checks, found, said) => {
    expect(adviceFor(hints, { checks, ...(found && { analysis: found }) })).toBe(said);
  });
});
