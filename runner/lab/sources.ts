import type { Problem, Where } from '../../mesh/problem.ts';
import type { SourceObject } from './lab.ts';
import { parsePath } from './path.ts';

/** An object and a field of it; as an Origin of mesh/istiod. */
export interface Named {
  kind: string;
  namespace: string;
  name: string;
  /** Dotted path, e.g. `spec.http[0].route[1].weight`. */
  field?: string;
}

/** What caused a part of the configuration, and where that is written. */
export type LocatedOrigin = Named & Where;

/** Where objects were written. */
export class Sources {
  readonly #byName = new Map<string, SourceObject>();

  constructor(objects: readonly SourceObject[]) {
    for (const source of objects) {
      const { kind, metadata } = source.object;
      const name = nameOf({ kind, namespace: metadata.namespace ?? '', name: metadata.name });
      // Of two objects with one name a cluster keeps the last.
      this.#byName.set(name, source);
    }
  }

  locate<Of extends Named>(origin: Of): Of & Where {
    const source = this.#byName.get(nameOf(origin));
    return { ...origin, ...source?.locate(origin.field === undefined ? [] : parsePath(origin.field)) };
  }

  /** The problem with its position in a file, if it names an object; that of the field that its text begins with. */
  placed(problem: Problem): Problem {
    const source = this.#byName.get(problem.where?.object ?? '');
    if (!source || problem.where?.line !== undefined) return problem;
    const field = problem.what.match(/: ((?:spec|metadata)[.[][^\s,;]*)/)?.[1];
    return { ...problem, where: { ...problem.where, ...source.locate(field === undefined ? [] : parsePath(field)) } };
  }
}

/** `VirtualService shop/split`, as problems name objects. */
export const nameOf = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
