import type { DataPlane, Lab, Mutant, Solution } from '../lab/lab.ts';
import { type Phase, type Plan, type RunChoice, settleDeadlineMs } from './plan.ts';
import { stages } from './stages.ts';

/** One solution of a lab as a list of phases: mesh, apps, control, solution, mutants. Pure; starts nothing. */
export function planRun(lab: Lab, choice: RunChoice): Plan {
  const solution = lab.solutions.find((s) => s.id === choice.solution);
  if (!solution) throw new Error(`lab ${lab.id} has no solution ${choice.solution}`);
  return {
    ...choice,
    lab: lab.id,
    title: lab.title,
    mesh: { profile: lab.mesh.profile, apps: lab.apps, enrol: lab.mesh.enrol },
    phases: [
      meshPhase(lab, choice),
      appsPhase(lab, choice),
      ...controlPhase(lab, choice),
      solutionPhase(lab, { choice, solution }),
      ...provedMutants(lab, choice).map((mutant) => mutantPhase(lab, { choice, mutant })),
    ],
  };
}

export const solutionsOn = (lab: Lab, dataPlane: DataPlane): readonly Solution[] =>
  lab.solutions.filter((solution) => solution.dataPlanes.includes(dataPlane));

const meshPhase = (lab: Lab, { dataPlane }: RunChoice): Phase => ({
  id: 'mesh',
  kind: 'mesh',
  title: 'Mesh',
  steps: [{ do: 'open', profile: lab.mesh.profile, dataPlane }],
});

const appsPhase = (lab: Lab, { dataPlane }: RunChoice): Phase => ({
  id: 'apps',
  kind: 'apps',
  title: 'Apps',
  steps: [
    { do: 'enrol', namespaces: lab.mesh.enrol, dataPlane },
    ...lab.apps.map((app) => ({ do: 'apply' as const, of: `app ${app.name}`, files: app.manifests })),
    ...(lab.setup.length > 0 ? [{ do: 'apply' as const, of: 'setup', files: lab.setup }] : []),
    { do: 'settle', deadlineMs: settleDeadlineMs },
  ],
});

/** The control belongs to the lab, not to a solution: only the first solution's run does it. */
function controlPhase(lab: Lab, choice: RunChoice): Phase[] {
  if (choice.prove === 'off' || !lab.control || solutionsOn(lab, choice.dataPlane)[0]?.id !== choice.solution)
    return [];
  return [
    {
      id: 'control',
      kind: 'control',
      title: 'Without the solution',
      expect: lab.control,
      steps: [...stages(lab, { of: 'nothing', files: {}, dataPlane: choice.dataPlane }), { do: 'restore' }],
    },
  ];
}

const solutionPhase = (lab: Lab, { choice, solution }: { choice: RunChoice; solution: Solution }): Phase => ({
  id: 'solution',
  kind: 'solution',
  title: `With solution ${solution.id}`,
  steps: stages(lab, { of: `solution ${solution.id}`, files: solution.apply, dataPlane: choice.dataPlane }),
});

/** full: every mutant of this solution. ci: one mutant of the lab, the first that this data plane can run. */
function provedMutants(lab: Lab, { prove, dataPlane, solution }: RunChoice): readonly Mutant[] {
  if (prove === 'off') return [];
  const here = new Set(solutionsOn(lab, dataPlane).map((s) => s.id));
  const possible = lab.mutants.filter((mutant) => here.has(mutant.of));
  return (prove === 'ci' ? possible.slice(0, 1) : possible).filter((mutant) => mutant.of === solution);
}

const mutantPhase = (lab: Lab, { choice, mutant }: { choice: RunChoice; mutant: Mutant }): Phase => ({
  id: `mutant:${mutant.id}`,
  kind: 'mutant',
  title: `Mutant ${mutant.id}`,
  expect: { fails: [mutant.fails], holds: [], ...(mutant.says !== undefined && { says: mutant.says }) },
  ...(mutant.because !== undefined && { because: mutant.because }),
  steps: [
    { do: 'restore' },
    ...stages(lab, {
      of: `mutant ${mutant.id}`,
      files: mutant.apply,
      dataPlane: choice.dataPlane,
      only: mutant.fails,
    }),
  ],
});
