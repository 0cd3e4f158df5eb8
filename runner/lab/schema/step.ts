import { z } from 'zod';
import { configFacts, objectFacts, statsFacts } from './facts.ts';
import { duration, exactlyOne, identifier, labFile, workload } from './units.ts';

const actions = {
  restart: z.strictObject({ workload: workload.describe('Whose pods.') }).describe('Roll the pods, as kubectl does.'),
  scale: z
    .strictObject({
      deployment: workload.describe('NAME or NAME.NAMESPACE of the Deployment.'),
      replicas: z.int().min(0).describe('How many pods it shall have.'),
    })
    .describe('Change the number of pods.'),
  break: z
    .strictObject({
      deployment: workload.describe('NAME or NAME.NAMESPACE of the Deployment whose pods break.'),
      how: z
        .enum(['crash', 'hang', 'refuse', 'fail'])
        .describe('crash: exits; hang: never answers; refuse: closes its port; fail: answers 500.'),
    })
    .describe('Make an app misbehave until `mend`.'),
  mend: z.strictObject({ deployment: workload.describe('Whose pods.') }).describe('End what `break` began.'),
  rotate: z
    .strictObject({ workload: workload.describe('Whose proxies.') })
    .describe('Renew workload certificates now.'),
  delete: z
    .strictObject({ files: z.array(labFile).min(1).describe('Every object in these files.') })
    .describe('Delete objects and wait until they are gone.'),
  'wait-virtual': z
    .strictObject({ time: duration.describe('How long.') })
    .describe('Let time of the mesh pass: free where time is virtual, really waited elsewhere. Not for convergence.'),
};

export const action = z
  .strictObject({
    restart: actions.restart.optional(),
    scale: actions.scale.optional(),
    break: actions.break.optional(),
    mend: actions.mend.optional(),
    rotate: actions.rotate.optional(),
    delete: actions.delete.optional(),
    'wait-virtual': actions['wait-virtual'].optional(),
  })
  .superRefine(exactlyOne(Object.keys(actions)))
  .describe('One action of the fixed vocabulary.');

export const awaitSchema = z
  .strictObject({
    object: objectFacts.optional(),
    config: configFacts.optional(),
    stats: statsFacts.optional(),
    within: duration.describe('The deadline; when it passes, the checks are judged by what is there then.'),
  })
  .superRefine(exactlyOne(['object', 'config', 'stats']))
  .describe('A real state that the step waits for before its traffic is sent; never a sleep.');

export const stepSchema = z
  .strictObject({
    id: identifier.describe('Unique in the lab.'),
    task: z.string().optional().describe('What the learner does in this step, in Markdown.'),
    during: z
      .array(z.string())
      .default([])
      .describe('Traffics (`until: stopped`) that start before this step changes anything and run beside it.'),
    actions: z.array(action).default([]).describe('What the lab does first, in order.'),
    apply: z
      .array(labFile)
      .default([])
      .describe('What the lab itself applies, for every solution and for the control.'),
    await: z.array(awaitSchema).default([]).describe('States to wait for, after the solution of this step is applied.'),
    checks: z.array(z.string()).min(1).describe('Ids of the checks that are judged at the end of this step.'),
    stop: z.array(z.string()).default([]).describe('Traffics that end before the checks are judged.'),
  })
  .describe(
    'A stage: background traffic starts, actions run, files and the solution are applied, states are awaited, traffic is sent, checks are judged.',
  );

export type ActionFile = z.infer<typeof action>;
export type AwaitFile = z.infer<typeof awaitSchema>;
export type StepFile = z.infer<typeof stepSchema>;
