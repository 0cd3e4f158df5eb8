import { isObject, type Json } from '../../json.ts';
import { ApiError, type Patch } from '../api.ts';
import { badRequest, refusedName } from '../errors.ts';
import type { KindInfo } from '../kind-info.ts';
import type { KindRef, KubeObject } from '../objects.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { shapeOf } from './shapes.ts';
import { strategicPatch } from './strategic.ts';

interface Request {
  info: KindInfo;
  object: KubeObject;
  patch: Patch;
  /** As the caller named it; other served versions see the object in their own. */
  ref: KindRef;
}

/** The patched object, not yet checked by admission. Throws ApiError 400, 415, 422. */
export function patchObject({ info, object, patch, ref }: Request): KubeObject {
  const before = { ...object, apiVersion: ref.apiVersion };
  const after = patched(before as Json, patch, info);
  if (!isObject(after) || !isObject(after.metadata)) throw badRequest('a patch must leave an object with metadata');
  const { name, namespace } = after.metadata;
  if (name !== object.metadata.name) throw refusedName(String(name), object.metadata.name);
  if (namespace !== object.metadata.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (after.kind !== object.kind || after.apiVersion !== ref.apiVersion) {
    throw badRequest(`a patch cannot make ${ref.apiVersion} ${object.kind} into ${after.apiVersion} ${after.kind}`);
  }
  return after as KubeObject;
}

function patched(target: Json, patch: Patch, info: KindInfo): Json {
  switch (patch.type) {
    case 'json':
      return jsonPatch(target, patch.body);
    case 'merge':
      return mergePatch(target, patch.body);
    case 'strategic':
      if (info.custom) throw unsupported();
      return strategicPatch(target, patch.body, shapeOf(info));
  }
}

// k8s.io/apiserver pkg/endpoints/handlers/negotiation/errors.go
const unsupported = () =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  );
