import { exitCodes } from '../../fail.ts';
import type { AddCommand } from '../command.ts';

const examples = `
Examples:
  mesh-labs lint                      every lab.yaml, manifest and mutant: file:line:column, what, fix`;

export const addLint: AddCommand = (program, { deps, exit }) => {
  program
    .command('lint')
    .description('check the catalogue: format, files, references, proofs')
    .addHelpText('after', examples)
    .action(async () => {
      const { catalogue } = await import('../catalogue.ts');
      const { problemLines } = await import('../../report/problem.ts');
      const { paintFor } = await import('../../report/output.ts');
      const { lintLab } = await import('../../check/lint.ts');
      const { admissionProblems } = await import('../../plan/admission-problems.ts');
      const { labs, problems: unreadable } = await catalogue(deps.root);
      const problems = [...unreadable, ...labs.flatMap((lab) => lintLab(lab, { validate: admissionProblems }))];
      for (const problem of problems) deps.err.write(`${problemLines(problem, paintFor(deps.err)).join('\n')}\n`);
      if (problems.length > 0) return exit(exitCodes.usage);
      deps.out.write(`${labs.length === 1 ? '1 lab' : `${labs.length} labs`}, no problems.\n`);
    });
};
