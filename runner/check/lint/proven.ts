import type { LintRule } from './rule.ts';

/** A check that nothing can fail proves nothing: the control, a mutant or a fault names it, or a question has wrong answers. */
export const proven: LintRule = {
  name: 'proven',
  problems: (lab) => {
    const named = new Set([
      ...(lab.control?.fails ?? []),
      ...lab.mutants.map((mutant) => mutant.fails),
      ...lab.faults.map((fault) => fault.fails),
    ]);
    return lab.checks
      .filter(({ id, needs }) => needs !== 'answer' && !named.has(id))
      .map(({ id, at }) => ({
        what: `Nothing shows that the check \`${id}\` can fail.`,
        where: at,
        fix: 'Name it in control.fails, or write a mutant or fault that it rejects.',
      }));
  },
};
