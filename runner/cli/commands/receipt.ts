import { CommandError, exitCodes } from '../../fail.ts';
import { paintFor } from '../../report/output.ts';
import type { AddCommand } from '../command.ts';
import type { Deps } from '../deps.ts';

const examples = `
Examples:
  mesh-labs run canary --prove --receipts receipts/     write receipts: what was run, where, when, with which result
  mesh-labs receipt show receipts/canary.local.sidecar.json
  mesh-labs receipt verify receipts/*.json              do they still speak of the labs as they are here?`;

export const addReceipt: AddCommand = (program, { deps, exit }) => {
  program
    .command('receipt')
    .description('what was run, where, with which result')
    .argument('<action>', 'show: print receipts; verify: the labs are still those that were run, and they passed')
    .argument('<file...>', 'files that `mesh-labs run --receipts` wrote')
    .addHelpText('after', examples)
    .action(async (action: string, files: string[]) => {
      if (action === 'show') return show(files, deps);
      if (action === 'verify') return exit(await verify(files, deps));
      throw new CommandError(exitCodes.usage, {
        what: `There is no \`receipt ${action}\`.`,
        fix: 'Use `show` or `verify`.',
      });
    });
};

async function show(files: readonly string[], { out, cwd }: Deps): Promise<void> {
  const { readReceipt } = await import('../receipts.ts');
  const { receiptLines } = await import('../../report/receipt/text.ts');
  for (const file of files) out.write(`${receiptLines(await readReceipt(file, cwd), paintFor(out)).join('\n')}\n`);
}

async function verify(files: readonly string[], deps: Deps) {
  const { readReceipt } = await import('../receipts.ts');
  const { catalogue } = await import('../catalogue.ts');
  const { doubt } = await import('../../report/receipt/doubt.ts');
  const { labs } = await catalogue(deps.root);
  let doubts = 0;
  for (const file of files) {
    const receipt = await readReceipt(file, deps.cwd);
    const why = await doubt(receipt, { root: deps.root, labs });
    if (why !== undefined) doubts++;
    deps.out.write(`${file}: ${why ?? `${receipt.lab} on ${receipt.place} passed, and its files are the same`}\n`);
  }
  return doubts > 0 ? exitCodes.failed : exitCodes.passed;
}
