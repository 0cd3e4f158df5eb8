import { Argument } from 'commander';
import type { AddCommand } from '../command.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

const examples = `
Examples:
  mesh-labs completion bash >> ~/.bashrc
  mesh-labs completion zsh > "\${fpath[1]}/_mesh-labs"
  mesh-labs completion fish > ~/.config/fish/completions/mesh-labs.fish`;

export const addCompletion: AddCommand = (program, { deps }) => {
  program
    .command('completion')
    .description('completion of commands, flags and labs for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', examples)
    .action(async (shell: (typeof shells)[number]) => {
      const { completionScript } = await import('../completion.ts');
      const { labIds } = await import('../../lab/load.ts');
      const { labFs, labsFolder } = await import('../lab-fs.ts');
      const labs = await labIds(labFs(deps.root), labsFolder);
      deps.out.write(completionScript(shell, program, labs));
    });
};
