import { analyze } from '../../mesh/istiod/analyze/analyze.ts';
import { inputs } from '../../mesh/istiod/analyze/context.ts';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { groupOf } from '../../mesh/kube/kind-info.ts';
import type { AnalysisEvidence, AnalysisMessage } from '../check/kind.ts';
import { objectsOf } from './do/apply.ts';
import type { Phase } from './plan.ts';
import type { Session } from './session.ts';

/**
 * What `mesh-labs analyze` says about all objects of the mesh. Without a wall clock, so that runs repeat: expiry of
 * certificates is not judged here.
 */
export async function analysisOf({ warm, kinds }: Session): Promise<AnalysisEvidence> {
  const read = Object.values(inputs).map(([group, kind]) => `${group}/${kind}`);
  const wanted = kinds.all().filter(({ apiVersion, kind }) => read.includes(`${groupOf(apiVersion)}/${kind}`));
  const lists = await Promise.all(wanted.map(({ apiVersion, kind }) => warm.mesh.api.list({ apiVersion, kind })));
  const objects = lists.flatMap(({ items }) => items);
  const messages = analyze(objects, { mesh: installedMeshConfig(), now: 0, complete: true });
  return {
    needs: 'analysis',
    messages: messages.map(({ code, level, object, message }) => ({
      ...{ code, level, kind: object.kind, message },
      namespace: object.metadata.namespace ?? '',
      name: object.metadata.name,
    })),
  };
}

/** Only what it says about objects that this phase has applied: the others were there before, and nobody asked about them. */
export async function analysisOfApplied(phase: Phase, session: Session): Promise<readonly AnalysisMessage[]> {
  const files = phase.steps.flatMap((step) => (step.do === 'apply' ? step.files : []));
  const applied = new Set(objectsOf(files, session.kinds).map(({ kind, metadata }) => nameOf({ kind, ...metadata })));
  const { messages } = await analysisOf(session);
  return messages.filter((message) => applied.has(nameOf(message)));
}

const nameOf = ({ kind, namespace = '', name }: { kind: string; namespace?: string; name: string }) =>
  `${kind} ${namespace}/${name}`;
