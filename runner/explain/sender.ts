import type { KubeObject } from '../../mesh/kube/objects.ts';
import { ProblemError } from '../../mesh/problem.ts';
import { nearest } from '../lab/nearest.ts';

/** The pod that `POD`, `APP`, or either with `.NAMESPACE` names; of several pods of an app the first. Throws a ProblemError. */
export function senderOf(given: string, pods: readonly KubeObject[]): KubeObject {
  const dot = given.lastIndexOf('.');
  const wanted = [{ name: given, namespace: undefined as string | undefined }];
  if (dot > 0) wanted.unshift({ name: given.slice(0, dot), namespace: given.slice(dot + 1) });
  for (const is of [byName, byApp, byWorkload])
    for (const { name, namespace } of wanted) {
      const found = pods.filter(
        (pod) => is(pod, name) && (namespace === undefined || pod.metadata.namespace === namespace),
      );
      const namespaces = [...new Set(found.map((pod) => pod.metadata.namespace ?? ''))];
      if (namespaces.length > 1)
        throw new ProblemError({
          what: `${given} is in several namespaces: ${namespaces.join(', ')}`,
          fix: `write --from ${given}.${namespaces[0]}`,
        });
      const [first] = found;
      if (first) return first;
    }
  throw new ProblemError({ what: `no pod or app ${given} is in the files, so nobody can send`, fix: fix(given, pods) });
}

const appOf = ({ metadata }: KubeObject) => metadata.labels?.app ?? metadata.labels?.['app.kubernetes.io/name'];
const byName = (pod: KubeObject, name: string) => pod.metadata.name === name;
const byApp = (pod: KubeObject, name: string) => appOf(pod) === name;
/** Pods of a Deployment are named after it. */
const byWorkload = (pod: KubeObject, name: string) => pod.metadata.name.startsWith(`${name}-`);

function fix(given: string, pods: readonly KubeObject[]): string {
  const known = [...new Set(pods.map((pod) => `${appOf(pod) ?? pod.metadata.name}.${pod.metadata.namespace}`))].sort();
  if (known.length === 0) return 'add a Deployment or a Pod that sends';
  const near =
    nearest(given, known) ??
    nearest(
      given,
      known.map((name) => name.replace(/\.[^.]*$/, '')),
    );
  return near === undefined ? `name one of: ${known.slice(0, 10).join(', ')}` : `did you mean ${near}?`;
}
