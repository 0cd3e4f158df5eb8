import type { Problem } from '../../mesh/problem.ts';
import { CommandError, exitCodes } from '../fail.ts';
import type { Lab } from '../lab/lab.ts';
import { loadCatalogue } from '../lab/load.ts';
import { suggestion } from '../lab/nearest.ts';
import { labFs, labsFolder } from './lab-fs.ts';

/** Labs of the package that can be loaded, and what is wrong with the others. */
export const catalogue = (root: string): Promise<{ labs: Lab[]; problems: Problem[] }> =>
  loadCatalogue(labFs(root), labsFolder);

/**
 * The labs that names mean: ids, modules, or `all`; each once, in the order of the names. Throws a CommandError (2) for a
 * name that means nothing, with the nearest one, and for labs that are wrong.
 */
export async function chooseLabs(root: string, names: readonly string[]): Promise<Lab[]> {
  const { labs, problems } = await catalogue(root);
  const ids = new Set([...labs.map(({ id }) => id), ...problems.flatMap(folderOf)]);
  const modules = new Set(labs.map(({ module }) => module));
  for (const name of names)
    if (name !== 'all' && !ids.has(name) && !modules.has(name)) throw unknown(name, [...ids, ...modules], problems);
  // A lab that is wrong is in the way of its own run and of runs of several labs, never left out in silence.
  const inTheWay = problems.filter((problem) => names.some((name) => folderOf(problem)[0] === name || !ids.has(name)));
  const [first, ...rest] = inTheWay;
  if (first) throw new CommandError(exitCodes.usage, first, ...rest);
  const meant = (name: string) => labs.filter((lab) => name === 'all' || lab.id === name || lab.module === name);
  const chosen = [...new Set(names.flatMap(meant))];
  await refuseObjects(chosen);
  return chosen;
}

/** What admission would refuse is told before anything is started. */
async function refuseObjects(labs: readonly Lab[]): Promise<void> {
  const { objects } = await import('../check/lint/objects.ts');
  const { admissionProblems } = await import('../plan/admission-problems.ts');
  const [first, ...rest] = labs.flatMap((lab) => objects.problems(lab, { validate: admissionProblems }));
  if (first) throw new CommandError(exitCodes.usage, first, ...rest);
}

/** A module whose labs are all wrong is not known either, so what is wrong with labs is told as well. */
function unknown(name: string, known: readonly string[], problems: readonly Problem[]): CommandError {
  const what = `There is no lab and no module \`${name}\`.`;
  const fix = `${suggestion(name, [...known, 'all'])} \`mesh-labs list\` shows them all.`;
  return new CommandError(exitCodes.usage, { what, fix }, ...problems);
}

/** `labs/canary/lab.yaml` → `canary`; apps belong to no lab. */
const folderOf = ({ where }: Problem): string[] => {
  const folder = where?.file?.split('/')[1];
  return folder === undefined || folder.startsWith('_') ? [] : [folder];
};
