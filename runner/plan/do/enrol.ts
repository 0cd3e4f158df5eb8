import type { PlanStep } from '../plan.ts';
import type { Session } from '../session.ts';

/** The label by which a namespace joins the mesh (istio.io/latest/docs/reference/config/labels). */
const enrolLabels = {
  sidecar: { 'istio-injection': 'enabled' },
  ambient: { 'istio.io/dataplane-mode': 'ambient' },
};

export async function enrol(step: Extract<PlanStep, { do: 'enrol' }>, { warm }: Session): Promise<void> {
  for (const name of step.namespaces) {
    const metadata = { name, labels: enrolLabels[step.dataPlane] };
    await warm.journal.apply({ apiVersion: 'v1', kind: 'Namespace', metadata });
  }
}
