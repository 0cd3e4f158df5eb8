import type { ApplyOptions } from '../api.ts';
import { ApiError } from '../api.ts';
import { badRequest, invalid } from '../errors.ts';
import type { KindInfo } from '../kind-info.ts';
import type { KubeObject } from '../objects.ts';

/** What an apply must and must not carry. Throws ApiError 422, 400. */
export function checkApply(info: KindInfo, { metadata }: KubeObject, { fieldManager }: ApplyOptions): void {
  if (fieldManager === '') {
    const field = 'fieldManager';
    const message = 'Required value: is required for apply patch';
    throw new ApiError(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, [
      { field, message },
    ]);
  }
  if (!metadata.name) {
    throw invalid(info, '', [{ field: 'metadata.name', message: 'Required value: name is required' }]);
  }
  if (metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
}
