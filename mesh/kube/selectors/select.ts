import type { ListOptions } from '../api.ts';
import type { KindRef } from '../objects.ts';
import { type ObjectMatch, parseFieldSelector } from './fields.ts';
import { parseLabelSelector } from './labels.ts';

/** Labels and fields of list and watch options as one predicate (not the namespace). Throws ApiError 400. */
export function selects(kind: KindRef, options: ListOptions): ObjectMatch {
  const labels = parseLabelSelector(options.labelSelector ?? '');
  const fields = parseFieldSelector(options.fieldSelector ?? '', kind);
  return (object) => labels(object.metadata.labels) && fields(object);
}
