import type { KubeObject } from '../../kube/objects.ts';
import type { Problem } from '../../problem.ts';
import { type Config, createdOf, originOf } from '../model/config.ts';
import type { Read } from '../model/shape.ts';
import type { Origin } from '../xds/types.ts';

/** What ingestion gathers beside the values: which field each value came from, and what could not be read. */
export interface Intake {
  provenance: WeakMap<object, Origin>;
  problems: Problem[];
}

/** Reads the spec of `object` into `shape`. Fields of a wrong type are left out and become problems. */
export function readConfig<Spec extends object>(object: KubeObject, shape: Read<Spec>, intake: Intake): Config<Spec> {
  const config = {
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    created: createdOf(object),
    labels: object.metadata.labels ?? {},
    annotations: object.metadata.annotations ?? {},
    ...(object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }),
  };
  const spec = shape(object.spec ?? {}, 'spec', {
    keep: (node, path) => intake.provenance.set(node, originOf(config, path)),
    report: (path, expected) => intake.problems.push(wrongType(object, path, expected)),
  });
  return { ...config, spec: spec ?? ({} as Spec) };
}

export const describe = (object: { kind: string; metadata: { namespace?: string; name: string } }): string =>
  `${object.kind} ${object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata.name}`;

const wrongType = (object: KubeObject, path: string, expected: string): Problem => ({
  what: `${describe(object)}: ${path} is not ${expected}; the field is ignored`,
  where: { object: describe(object) },
  fix: `write ${expected} in ${path}`,
});
