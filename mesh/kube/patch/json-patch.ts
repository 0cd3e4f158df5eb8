import { applyPatch } from 'rfc6902';
import type { Json } from '../../json.ts';
import { ApiError, type Patch } from '../api.ts';
import { badRequest } from '../errors.ts';

type Operations = Extract<Patch, { type: 'json' }>['body'];
type Known = Parameters<typeof applyPatch>[1];

const operations = ['add', 'remove', 'replace', 'move', 'copy', 'test'];
/** k8s.io/apiserver pkg/endpoints/handlers/patch.go, maxJSONPatchOperations. */
const maxOperations = 10_000;

/** JSON patch (RFC 6902). Throws ApiError 400 for what is no patch, 422 when an operation fails, 413 when there are too many. */
export function jsonPatch(target: Json, patch: Operations): Json {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: a JSON patch is a list of operations');
  if (patch.length > maxOperations) {
    const message = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`;
    throw new ApiError(413, 'RequestEntityTooLarge', message);
  }
  const unknown = patch.find(({ op }) => !operations.includes(op));
  if (unknown !== undefined) throw refused(`Unexpected kind: ${unknown.op}`);
  const copy = structuredClone(target);
  for (const operation of structuredClone(patch) as Known) {
    const [failure] = applyPatch(copy, [operation]);
    if (failure) throw refused(`${operation.op} operation at ${operation.path} failed: ${failure.name}`);
  }
  return copy;
}

const refused = (cause: string) =>
  new ApiError(422, 'Invalid', `the server rejected our request due to an error in our request: ${cause}`, [
    { field: '', message: cause },
  ]);
