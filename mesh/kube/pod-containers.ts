import { isObject } from '../json.ts';
import { badRequest } from './errors.ts';
import type { KubeObject } from './objects.ts';

const names = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter(isObject).map((container) => String(container.name)) : [];

/**
 * The container that logs and exec mean: the one named, or the only one. A native sidecar is an init container and does
 * not make the choice ambiguous. Throws ApiError 400 (kubernetes pkg/registry/core/pod/strategy.go, validateContainer).
 */
export function containerOf(pod: KubeObject, asked: string | undefined): string {
  const containers = names(pod.spec?.containers);
  const init = names(pod.spec?.initContainers);
  const { name } = pod.metadata;
  if (asked !== undefined && asked !== '') {
    if ([...containers, ...init, ...names(pod.spec?.ephemeralContainers)].includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only, ...more] = containers;
  if (only !== undefined && more.length === 0) return only;
  const others = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : '';
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]${others}`,
  );
}
