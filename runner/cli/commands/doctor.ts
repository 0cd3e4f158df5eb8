import { exitCodes } from '../../fail.ts';
import type { AddCommand } from '../command.ts';

const examples = `
Examples:
  mesh-labs doctor                    what this machine has, what is missing, and the fix for it`;

export const addDoctor: AddCommand = (program, { deps, exit }) => {
  program
    .command('doctor')
    .description('what labs need from this machine: Node, Envoy, folders, leftovers')
    .addHelpText('after', examples)
    .action(async () => {
      const { diagnose } = await import('../doctor.ts');
      const { paintFor } = await import('../../report/output.ts');
      const { findingLines } = await import('../../report/finding.ts');
      const findings = await diagnose(deps);
      deps.out.write(
        findings
          .flatMap((f) => findingLines(f, paintFor(deps.out)))
          .map((line) => `${line}\n`)
          .join(''),
      );
      if (findings.some(({ level }) => level === 'fail')) exit(exitCodes.unavailable);
    });
};
