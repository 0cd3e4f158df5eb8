import type { AddCommand } from '../command.ts';

const examples = `
Examples:
  mesh-labs clean                     end what crashed runs left; living runs are not touched
  mesh-labs clean --cache             and remove the cache folder (Envoy is fetched again by the next run)`;

export const addClean: AddCommand = (program, { deps }) => {
  program
    .command('clean')
    .description('end processes and remove folders that crashed runs left behind')
    .option('--cache', 'remove our cache folder, too')
    .addHelpText('after', examples)
    .action(async ({ cache }: { cache?: boolean }) => {
      const { removeCache } = await import('../cache.ts');
      const lines = [...(await deps.tidy()), ...(cache ? [await removeCache(deps.env)] : [])];
      deps.out.write(`${(lines.length > 0 ? lines : ['Nothing was left behind.']).join('\n')}\n`);
    });
};
