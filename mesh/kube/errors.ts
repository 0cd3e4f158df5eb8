import { ApiError } from './api.ts';
import { groupOf, type KindInfo, resourceOf } from './kind-info.ts';

/** One refused field; `message` starts as Kubernetes' do: `Required value: …`, `Invalid value: "x": …`, `Forbidden: …`. */
export interface Cause {
  field: string;
  message: string;
}

// Texts and codes: k8s.io/apimachinery v0.33.0, pkg/api/errors/errors.go.

export const unknownKind = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource');

export const notFound = (info: KindInfo, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${resourceOf(info)} "${name}" not found`);

export const alreadyExists = (info: KindInfo, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${resourceOf(info)} "${name}" already exists`);

export const conflict = (info: KindInfo, name: string, why: string): ApiError =>
  new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${resourceOf(info)} "${name}": ${why}`);

export const modified = (info: KindInfo, name: string): ApiError =>
  conflict(info, name, 'the object has been modified; please apply your changes to the latest version and try again');

export const forbidden = (info: KindInfo, name: string, why: { message: string; causes?: Cause[] }): ApiError =>
  new ApiError(403, 'Forbidden', `${resourceOf(info)} "${name}" is forbidden: ${why.message}`, why.causes);

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);

/** 422 with one cause per field; the message lists them as kubectl prints them. */
export function invalid(info: KindInfo, name: string, causes: readonly Cause[]): ApiError {
  const group = groupOf(info.apiVersion);
  const kind = group === '' ? info.kind : `${info.kind}.${group}`;
  const lines = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, causes);
}

/** A body that names another object than the request. */
export const refusedName = (sent: string, asked: string): ApiError =>
  badRequest(`the name of the object (${sent}) does not match the name on the URL (${asked})`);
