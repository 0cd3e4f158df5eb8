import type { LintRule } from './rule.ts';

/** A lab with solutions has a control, and no check both fails and holds in it. */
export const control: LintRule = {
  name: 'control',
  problems: (lab) => {
    if (!lab.control) {
      if (lab.solutions.length === 0) return [];
      const fix = 'Write control: { fails: [CHECK, …] }: what fails on the mesh without a solution.';
      return [{ what: 'The lab has solutions but no control.', where: lab.locate(['solutions'], 'key'), fix }];
    }
    const { fails, holds } = lab.control;
    return holds.flatMap((name, i) =>
      fails.includes(name)
        ? [{ what: `\`${name}\` both fails and holds.`, where: lab.locate(['control', 'holds', i]), fix: 'Keep one.' }]
        : [],
    );
  },
};
