import { ApiError } from '../../../mesh/kube/api.ts';
import type { KindTable } from '../../../mesh/kube/kind-info.ts';
import type { KubeObject } from '../../../mesh/kube/objects.ts';
import type { FieldPath, ManifestFile, SourceObject } from '../../lab/lab.ts';
import { Refused } from '../failure.ts';
import type { PlanStep } from '../plan.ts';
import type { Session } from '../session.ts';

type Apply = Extract<PlanStep, { do: 'apply' }>;

/** Applies the files in their order. Throws Refused, with the place in the file, at the first object that is not taken. */
export async function apply(step: Apply, session: Session): Promise<void> {
  for (const file of step.files) {
    session.tell({ type: 'step', text: `applying ${file.path}` });
    for (const source of file.objects) await applyOne(source, session);
  }
}

async function applyOne(source: SourceObject, { warm, kinds, signal }: Session): Promise<void> {
  signal.throwIfAborted();
  try {
    await warm.journal.apply(placed(source.object, kinds));
  } catch (error) {
    if (error instanceof ApiError && error.code < 500) throw refusal(error, source);
    throw error;
  }
}

/** kubectl's rule: an object of a namespaced kind without a namespace goes to `default`. */
export function placed(object: KubeObject, kinds: KindTable): KubeObject {
  if (object.metadata.namespace !== undefined || kinds.find(object)?.namespaced === false) return object;
  return { ...object, metadata: { ...object.metadata, namespace: 'default' } };
}

function refusal(error: ApiError, source: SourceObject): Refused {
  const { kind, metadata } = source.object;
  return new Refused({
    what: `${kind} ${metadata.name} is refused: ${error.message}`,
    where: source.locate(pathOf(error.causes[0]?.field ?? '')),
    fix: 'Correct the field that the message names.',
  });
}

/** `spec.http[0].route[1].weight` → its parts. */
export const pathOf = (field: string): FieldPath =>
  field
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** All objects of some files, as they are applied. */
export const objectsOf = (files: readonly ManifestFile[], kinds: KindTable): KubeObject[] =>
  files.flatMap((file) => file.objects.map((source) => placed(source.object, kinds)));
