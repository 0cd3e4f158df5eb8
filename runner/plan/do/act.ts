import type { Action } from '../../lab/lab.ts';
import { workloadName } from '../../lab/schema/units.ts';
import { RunError } from '../failure.ts';
import { refOf } from '../journal.ts';
import type { PlanStep } from '../plan.ts';
import type { Session } from '../session.ts';
import { objectsOf } from './apply.ts';

type Doer<K extends keyof Action> = (what: NonNullable<Action[K]>, session: Session) => Promise<void>;

const deployment = (text: string) => {
  const { app, namespace } = workloadName(text);
  return { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: app };
};

/** As `kubectl rollout restart` does it: an annotation on the pod template, for every Deployment of the app. */
const restart: Doer<'restart'> = async ({ workload }, { warm, plan, now }) => {
  const { app, namespace } = workloadName(workload);
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment' };
  const { items } = await warm.mesh.api.list(kind, { namespace });
  const annotations = { 'kubectl.kubernetes.io/restartedAt': `${plan.seed}-${Math.round(now())}` };
  const body = { spec: { template: { metadata: { annotations } } } };
  for (const object of items.filter((o) => templateLabel(o.spec) === app))
    await warm.mesh.api.patch(refOf(object), { type: 'merge', body });
};

const templateLabel = (spec: unknown) =>
  (spec as { template?: { metadata?: { labels?: { app?: string } } } } | undefined)?.template?.metadata?.labels?.app;

const scale: Doer<'scale'> = async ({ deployment: name, replicas }, { warm }) => {
  const body = { spec: { replicas } };
  await warm.mesh.api.patch(deployment(name), { type: 'merge', body }, { subresource: 'scale' });
};

const remove: Doer<'delete'> = async ({ files }, { warm, kinds }) => {
  for (const object of objectsOf(files, kinds).reverse()) await warm.mesh.api.delete(refOf(object));
};

/** What runs today. The rest of the vocabulary needs the places to do it; labs that use it are skipped with that reason. */
export const doers: { [K in keyof Action]?: Doer<K> } = { restart, scale, delete: remove };

export const actionName = (action: Action) => Object.keys(action).find((key) => action[key as keyof Action]) ?? '';

/** What actions change is not in the journal, so only a reset of the mesh brings the first state back. */
export async function act({ action }: Extract<PlanStep, { do: 'act' }>, session: Session): Promise<void> {
  const name = actionName(action);
  session.tell({ type: 'step', text: `action ${name}` });
  session.warm.journal.dirty = true;
  if (action.restart) await restart(action.restart, session);
  else if (action.scale) await scale(action.scale, session);
  else if (action.delete) await remove(action.delete, session);
  else throw new RunError('place', { what: `Place ${session.plan.place} has no action ${name} yet.` });
}
