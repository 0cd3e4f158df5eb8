import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { AddCommand } from '../command.ts';

const examples = `
Examples:
  mesh-labs site                      the course in your browser, from this machine
  mesh-labs site --port 8000          at an address that stays`;

const portOf = (text: string) => {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port, 0 to 65535.');
};

export const addSite: AddCommand = (program, { deps }) => {
  program
    .command('site')
    .description('serve the course on this machine, without network')
    .option('--port <n>', 'default: a free one', portOf, 0)
    .addHelpText('after', examples)
    .action(async ({ port }: { port: number }) => {
      const { serveSite } = await import('../serve-site.ts');
      const { untilInterrupted } = await import('../keep.ts');
      const served = await serveSite(join(deps.root, 'dist/site'), port);
      deps.out.write(`The course: ${served.url}\nCtrl-C ends it.\n`);
      await untilInterrupted(deps.signal);
      await served.close();
    });
};
