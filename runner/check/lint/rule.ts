import type { KubeObject } from '../../../mesh/kube/objects.ts';
import type { Problem } from '../../../mesh/problem.ts';
import type { Lab, ManifestFile, SourceObject } from '../../lab/lab.ts';

/** What a rule may ask of the outside. */
export interface LintTools {
  /** What admission has against an object, each with its place in the file. Absent: objects are not validated. */
  validate?(source: SourceObject): readonly Problem[];
}

/** One rule of `mesh-labs lint`: pure, about a lab that could be loaded. */
export interface LintRule {
  name: string;
  problems(lab: Lab, tools: LintTools): Problem[];
}

/** Files with which the lab begins: those of its apps and its setup. */
export const baseFiles = (lab: Lab): ManifestFile[] => [...lab.apps.flatMap((app) => app.manifests), ...lab.setup];

/** Files that the lab or its solutions bring later; broken on purpose are only those of mutants and faults. */
export const soundFiles = (lab: Lab): ManifestFile[] => [
  ...new Set([
    ...baseFiles(lab),
    ...lab.steps.flatMap((step) => step.apply),
    ...lab.solutions.flatMap((solution) => Object.values(solution.apply).flat()),
    ...lab.faults.flatMap((fault) => fault.fix.apply),
  ]),
];

export const objectsOf = (files: readonly ManifestFile[]): KubeObject[] =>
  files.flatMap((file) => file.objects.map(({ object }) => object));
