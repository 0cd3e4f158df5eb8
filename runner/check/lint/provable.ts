import type { LintRule } from './rule.ts';

/** A lab has something to prove itself by: solutions, faults, or questions. */
export const provable: LintRule = {
  name: 'provable',
  problems: (lab) =>
    lab.solutions.length > 0 || lab.faults.length > 0 || lab.checks.some((check) => check.needs === 'answer')
      ? []
      : [
          {
            what: 'The lab has no solution, no fault and no question.',
            where: lab.locate(['id'], 'key'),
            fix: 'Write at least one solution, so that the checks can be seen to pass.',
          },
        ],
};
