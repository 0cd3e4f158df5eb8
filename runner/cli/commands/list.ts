import type { AddCommand } from '../command.ts';

const examples = `
Examples:
  mesh-labs list
  mesh-labs list --module routing
  mesh-labs list --json | jq -r '.[].id'`;

export const addList: AddCommand = (program, { deps }) => {
  program
    .command('list')
    .description('the catalogue of labs')
    .option('--module <module>', 'only the labs of one module')
    .option('--json', 'as JSON: id, title, module, level, minutes, tier, dataPlanes, exam')
    .addHelpText('after', examples)
    .action(async ({ module, json }: { module?: string; json?: boolean }) => {
      const { listLabs } = await import('../list.ts');
      const labs = await listLabs(deps.root, module);
      const { labTable } = await import('../../report/lab-table.ts');
      deps.out.write(json ? `${JSON.stringify(labs, null, 2)}\n` : labTable(labs, deps.out));
    });
};
