import type { Problem } from '../../../mesh/problem.ts';
import { join, type LabFs } from '../fs.ts';
import type { App, Lab } from '../lab.ts';
import type { LabFile } from '../schema.ts';
import { locate, type YamlDocument } from '../yaml.ts';
import { resolveChecks } from './checks.ts';
import { type Context, filesOf, mustKnow } from './context.ts';
import { loadFiles } from './files.ts';
import { resolveControl, resolveFaults, resolveMutants } from './proof.ts';
import { resolveSolutions } from './solutions.ts';
import { resolveSteps } from './steps.ts';
import { resolveTraffic } from './traffic.ts';

interface Resolving {
  fs: LabFs;
  folder: string;
  file: LabFile;
  document: YamlDocument;
  apps: readonly App[];
  /** Apps of the lab that do not exist, and the names of those that do. */
  missing: readonly string[];
  appNames: readonly string[];
}

/** Loads what the lab names and joins names with things. With problems, the lab is not fit to run. */
export async function resolveLab(given: Resolving): Promise<{ lab: Lab; problems: Problem[] }> {
  const { fs, folder, document, apps } = given;
  const { files, problems } = await loadFiles({ fs, folder, document, lab: given.file });
  const context: Context = { lab: given.file, document, files, problems };
  knowApps(context, given);
  const setup = filesOf(context, given.file.setup);
  const { checks, rows } = resolveChecks(context);
  const solutions = resolveSolutions(context);
  const control = resolveControl(context, checks);
  const { control: _, lesson, exam, ...rest } = given.file;
  const lab: Lab = {
    ...rest,
    ...(lesson !== undefined && { lesson }),
    ...(exam !== undefined && { exam }),
    ...(control && { control }),
    folder,
    file: join(folder, 'lab.yaml'),
    locate: (path, part) => locate(document, path, part),
    apps,
    setup,
    traffic: resolveTraffic(context, { apps, setup, rows }),
    steps: resolveSteps(context, checks),
    solutions,
    checks,
    mutants: resolveMutants(context, { checks, solutions }),
    faults: resolveFaults(context, { checks, solutions, apps, setup }),
  };
  return { lab, problems };
}

function knowApps(context: Context, { file, missing, appNames }: Resolving): void {
  for (const name of missing)
    mustKnow(context, ['apps', file.apps.indexOf(name)], { noun: 'app', name, known: appNames });
}
