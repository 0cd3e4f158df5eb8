import type { App, Check, Fault, FieldPath, Lab, ManifestFile, Mutant, Solution, SourceObject } from '../lab.ts';
import { objectKey } from '../manifest.ts';
import type { FaultFile, MutantFile } from '../schema/proof.ts';
import { locate } from '../yaml.ts';
import { planes } from './checks.ts';
import { type Context, filesOf, mustKnow, refuse } from './context.ts';

/** Names by which the control may mean checks: an id, a row, a whole table. */
const namesOf = (checks: readonly Check[]) => [
  ...new Set(checks.flatMap(({ id, table }) => (table ? [id, table] : [id]))),
];

/** The check that admission is: mutants name it when the API server must refuse them. */
export const admission = 'admission';

/** The control; a table stands for each of its rows. */
export function resolveControl(context: Context, checks: readonly Check[]): Lab['control'] {
  const { control } = context.lab;
  if (!control) return undefined;
  const known = namesOf(checks);
  const resolve = (part: 'fails' | 'holds') =>
    control[part].flatMap((name, i) => {
      mustKnow(context, ['control', part, i], { noun: 'check', name, known });
      return checks.filter((check) => check.id === name || check.table === name).map((check) => check.id);
    });
  return { fails: resolve('fails'), holds: resolve('holds') };
}

/** A mutant or a fault is rejected by one check; of a table, by one row, so that every row is seen to fail for its own reason. */
function mustReject(
  context: Context,
  path: FieldPath,
  { name, known }: { name: string; known: readonly Check[] },
): void {
  const rows = known.filter((check) => check.table === name).map((check) => check.id);
  if (rows.length > 0)
    refuse(context, path, { what: `\`${name}\` is a table.`, fix: `Name the row that rejects: ${rows.join(', ')}.` });
  else mustKnow(context, path, { noun: 'check', name, known: [...known.map((check) => check.id), admission] });
}

interface Known {
  checks: readonly Check[];
  solutions: readonly Solution[];
}

export const resolveMutants = (context: Context, known: Known): Mutant[] =>
  context.lab.mutants.map((mutant, i) => resolveMutant(context, { ...known, mutant, i }));

function resolveMutant(
  context: Context,
  { mutant, i, checks, solutions }: Known & { mutant: MutantFile; i: number },
): Mutant {
  const at = ['mutants', i];
  mustReject(context, [...at, 'fails'], { name: mutant.fails, known: checks });
  mustKnow(context, [...at, 'of'], { noun: 'solution', name: mutant.of, known: solutions.map((s) => s.id) });
  const solution = solutions.find((s) => s.id === mutant.of);
  return {
    id: mutant.id,
    of: mutant.of,
    apply: solution ? spoil(context, { mutant, solution, at }) : {},
    fails: mutant.fails,
    ...(mutant.says !== undefined && { says: mutant.says }),
    ...(mutant.because !== undefined && { because: mutant.because }),
    at: locate(context.document, at),
  };
}

/** The files of a solution with the mutant's change, in the steps that it is for. */
function spoil(
  context: Context,
  { mutant, solution, at }: { mutant: MutantFile; solution: Solution; at: (string | number)[] },
): Solution['apply'] {
  const steps = Object.keys(solution.apply);
  if (mutant.step !== undefined) mustKnow(context, [...at, 'step'], { noun: 'step', name: mutant.step, known: steps });
  const inScope = (step: string) => mutant.step === undefined || mutant.step === step;
  const scope = steps.filter(inScope).flatMap((step) => solution.apply[step] ?? []);
  const { patch, without } = changesOf(context, { change: mutant, base: scope, at });
  const first = steps.find((step) => inScope(step) && (mutant.step || (solution.apply[step] ?? []).length > 0));
  const change = (step: string, files: readonly ManifestFile[]) => [
    ...files.filter((file) => file !== without).map((file) => replaced(file, patch)),
    ...(step === first && mutant.add ? filesOf(context, [mutant.add]) : []),
  ];
  const entries = Object.entries(solution.apply);
  return Object.fromEntries(entries.map(([step, files]) => [step, inScope(step) ? change(step, files) : files]));
}

interface Change {
  change: { patch?: string; without?: string };
  base: readonly ManifestFile[];
  at: readonly (string | number)[];
}

/** Loads `patch` and `without` and refuses what they name in vain. */
function changesOf(context: Context, { change, base, at }: Change) {
  const without = change.without === undefined ? undefined : context.files.get(change.without);
  if (without && !base.includes(without))
    refuse(context, [...at, 'without'], {
      what: `${change.without} is not applied there anyway.`,
      fix: 'Name a file of the solution.',
    });
  const patch = change.patch === undefined ? undefined : context.files.get(change.patch);
  const keys = base.flatMap((file) => file.objects.map(({ object }) => objectKey(object)));
  for (const { object } of patch?.objects ?? [])
    if (!keys.includes(objectKey(object)))
      refuse(context, [...at, 'patch'], {
        what: `${change.patch} replaces ${objectKey(object)}, which is not there.`,
        fix: `Objects there: ${keys.join(', ') || 'none'}. Use \`add\` for one that comes in addition.`,
      });
  return { patch, without };
}

/** A file in which every object that the patch has, too, is the patch's. */
function replaced(file: ManifestFile, patch: ManifestFile | undefined): ManifestFile {
  const by = (source: SourceObject) =>
    patch?.objects.find(({ object }) => objectKey(object) === objectKey(source.object)) ?? source;
  const objects = file.objects.map(by);
  return patch && objects.some((source, i) => source !== file.objects[i]) ? { path: patch.path, objects } : file;
}

/** Faults are planted into the healthy mesh: apps, setup and the first solution, if there is one. */
export function resolveFaults(
  context: Context,
  { checks, solutions, apps, setup }: Known & { apps: readonly App[]; setup: readonly ManifestFile[] },
): Fault[] {
  const solved = Object.values(solutions[0]?.apply ?? {}).flat();
  const base = [...apps.flatMap((app) => app.manifests), ...setup, ...solved];
  return context.lab.faults.map((fault, i) => {
    const at = ['faults', i];
    mustReject(context, [...at, 'fails'], { name: fault.fails, known: checks });
    return resolveFault(context, { fault, base, at });
  });
}

function resolveFault(
  context: Context,
  { fault, base, at }: { fault: FaultFile; base: readonly ManifestFile[]; at: (string | number)[] },
): Fault {
  const { patch, without } = changesOf(context, { change: fault, base, at });
  const add = fault.add === undefined ? undefined : context.files.get(fault.add);
  return {
    id: fault.id,
    title: fault.title,
    fails: fault.fails,
    ...(fault.symptom && { symptom: fault.symptom }),
    tool: fault.tool,
    dataPlanes: planes(context, fault.dataPlanes, [...at, 'dataPlanes']),
    plant: [...(patch?.objects ?? []), ...(add?.objects ?? [])],
    remove: [...(without?.objects ?? [])],
    fix: { apply: filesOf(context, fault.fix.apply), delete: filesOf(context, fault.fix.delete) },
    at: locate(context.document, at),
  };
}
