import { ProblemError } from '../../mesh/problem.ts';

/** Nobody sends: the plan names an app that has no pod. */
export const noSender = ({ app, namespace }: { app: string; namespace: string }): ProblemError =>
  new ProblemError({
    what: `no pod with the label app=${app} is running in namespace ${namespace}, so nobody can send`,
    fix: 'name an app of the lab in `from`',
  });
