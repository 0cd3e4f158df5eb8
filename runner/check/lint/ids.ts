import type { Problem } from '../../../mesh/problem.ts';
import type { Lab } from '../../lab/lab.ts';
import type { LintRule } from './rule.ts';

/** Ids are unique in their list, and the lab's equals its folder, because reports and links name things by them. */
export const ids: LintRule = {
  name: 'ids',
  problems: (lab) => [
    ...folder(lab),
    ...twice(
      'solution',
      lab.solutions.map((s, i) => ({ id: s.id, at: lab.locate(['solutions', i, 'id']) })),
    ),
    ...twice(
      'step',
      lab.steps.map((s, i) => ({ id: s.id, at: lab.locate(['steps', i, 'id']) })),
    ),
    ...twice('check', lab.checks),
    ...twice('mutant', lab.mutants),
    ...twice('fault', lab.faults),
  ],
};

function folder(lab: Lab): Problem[] {
  const name = lab.folder.split('/').pop();
  if (name === lab.id) return [];
  return [{ what: `The id is ${lab.id}, the folder ${name}.`, where: lab.locate(['id']), fix: `Write id: ${name}.` }];
}

function twice(noun: string, list: readonly { id: string; at: Problem['where'] }[]): Problem[] {
  return list
    .filter(({ id }, i) => list.findIndex((other) => other.id === id) < i)
    .map(({ id, at }) => ({ what: `There are two ${noun}s \`${id}\`.`, ...(at && { where: at }), fix: 'Rename one.' }));
}
