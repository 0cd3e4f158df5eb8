import { istioCrdRules, istioFindings } from '../../mesh/istiod/validate/validate.ts';
import { servedKinds } from '../../mesh/kube/kinds.ts';
import { nameOf, validateObject } from '../../mesh/kube/schema/problems.ts';
import type { Problem } from '../../mesh/problem.ts';
import type { SourceObject } from '../lab/lab.ts';

/** What an API server with Istio's webhooks would have against an object of a file, without asking one. */
export function admissionProblems({ object, locate }: SourceObject): Problem[] {
  const shape = validateObject(object, servedKinds, locate);
  if (shape.length > 0) return shape;
  const name = nameOf(object);
  return [...istioCrdRules(object, undefined), ...istioFindings(object)]
    .filter((finding) => !finding.warning)
    .map(({ path, message }) => ({ what: `${name}: ${message}`, where: { object: name, ...locate(path) } }));
}
