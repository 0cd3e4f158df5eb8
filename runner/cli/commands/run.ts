import { InvalidArgumentError, Option } from 'commander';
import type { AddCommand } from '../command.ts';
import type { RunFlags } from '../run-labs.ts';

const examples = `
Examples:
  mesh-labs run canary                           one lab with its solutions
  mesh-labs run routing --on local               every lab of a module, on real Envoys
  mesh-labs run canary --prove                   and every wrong answer is rejected by the check that it names
  mesh-labs run all --prove=ci --parallel 2 --json report.json --junit junit.xml
  mesh-labs run canary --dry-run                 what would be done, step by step
  mesh-labs run canary --keep                    leave the mesh running afterwards`;

const integer = (least: number) => (text: string) => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
};

export const addRun: AddCommand = (program, { deps, exit }) => {
  program
    .command('run')
    .description('labs end to end, with their solutions: mesh, apps, traffic, checks')
    .argument('<lab...>', 'labs, modules, or `all`')
    .option('--on <place>', 'auto, sim, local, kind or context:NAME', 'auto')
    .addOption(
      new Option('--data-plane <plane>', 'default: the first that lab and place have').choices([
        'sidecar',
        'ambient',
        'both',
      ]),
    )
    .option('--seed <n>', 'seed of everything random; where time is virtual, a run repeats exactly', integer(0), 1)
    .option('--parallel <n>', 'how many meshes at once', integer(1), 1)
    .addOption(
      new Option(
        '--prove [mode]',
        'prove the checks, too: they must fail without the solution and reject wrong answers (--prove=ci: one of them per lab)',
      )
        .choices(['full', 'ci'])
        .preset('full'),
    )
    .option('--keep', 'leave the mesh running until Ctrl-C')
    .option('--dry-run', 'print the plan and do nothing')
    .option('--yes', 'answer yes to what a place asks before it changes something')
    .option('--json <file>', 'write the report mesh-labs/report/v1; - is standard output')
    .option('--junit <file>', 'write the report as JUnit XML')
    .option('--receipts <folder>', 'write a receipt for each lab: what was run, where, when, with which result')
    .addHelpText('after', examples)
    .action(async (labs: string[], flags: RunFlags) => {
      const { runLabs } = await import('../run-labs.ts');
      exit(await runLabs(labs, flags, deps));
    });
};
