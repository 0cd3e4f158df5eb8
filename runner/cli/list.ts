import { CommandError, exitCodes } from '../fail.ts';
import { suggestion } from '../lab/nearest.ts';
import type { LabLine } from '../report/lab-table.ts';
import { catalogue } from './catalogue.ts';

/** The catalogue, or one module of it. Throws a CommandError (2) for a module without labs, and for labs that are wrong. */
export async function listLabs(root: string, module: string | undefined): Promise<LabLine[]> {
  const { labs, problems } = await catalogue(root);
  const [first, ...rest] = problems;
  if (first) throw new CommandError(exitCodes.usage, first, ...rest);
  const modules = [...new Set(labs.map((lab) => lab.module))];
  if (module !== undefined && !modules.includes(module))
    throw new CommandError(exitCodes.usage, {
      what: `There is no module \`${module}\`.`,
      fix: suggestion(module, modules),
    });
  return labs
    .filter((lab) => module === undefined || lab.module === module)
    .map(({ id, title, module, level, minutes, tier, dataPlanes, exam }) => ({
      ...{ id, title, module, level, minutes, tier, dataPlanes },
      ...(exam !== undefined && { exam }),
    }));
}
