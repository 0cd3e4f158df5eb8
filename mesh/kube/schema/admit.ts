import type { JsonObject } from '../../json.ts';
import { ApiError } from '../api.ts';
import { type Cause, invalid } from '../errors.ts';
import type { KindInfo, KindTable } from '../kind-info.ts';
import type { KubeObject } from '../objects.ts';
import { type Finding, pathText, type Rule } from './field.ts';
import { metadataRules } from './metadata.ts';
import { builtinRules } from './rules.ts';
import { schemaOf } from './schemas.ts';
import { type Violation, violations } from './validate.ts';

/** Changes an object before it is checked: defaults, a mutating webhook. Returns the same object when it has nothing to do. */
export type Mutator = (object: KubeObject, previous: KubeObject | undefined) => KubeObject;

/** A validating webhook; what it finds (warnings apart) is refused in its name. */
export interface Webhook {
  /** As in `admission webhook "validation.istio.io" denied the request`. */
  name: string;
  review: Rule;
}

export interface AdmissionOptions {
  kinds: KindTable;
  mutators?: readonly Mutator[];
  /** What CRDs say in CEL; refusals are the API server's own. */
  rules?: readonly Rule[];
  webhooks?: readonly Webhook[];
}

/** The store's `admit`: the object as it shall be stored, or ApiError (400 for decoding and webhooks, 422 for invalid values). */
export type Admit = (
  object: KubeObject,
  previous: KubeObject | undefined,
  operation: 'create' | 'update' | 'status',
) => KubeObject;

/**
 * The admission of an API server: strict decoding, mutation, schema and rules, validating webhooks, in this order
 * (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/).
 */
export function createAdmission({ kinds, mutators = [], rules = [], webhooks = [] }: AdmissionOptions): Admit {
  return (given, previous, operation) => {
    const info = kinds.find(given);
    if (!info) return given;
    refuseUndecodable(info, given);
    // Webhooks and defaults of the spec do not run for a write of the status subresource.
    if (operation === 'status') return given;
    const object = mutators.reduce((o, mutate) => mutate(o, previous), given);
    refuseInvalid(info, object, [
      ...schemaFindings(info, object),
      ...metadataRules(object),
      ...[builtinRules, ...rules].flatMap((rule) => rule(object, previous)),
    ]);
    for (const webhook of webhooks) refuseDenied(webhook, webhook.review(object, previous));
    return object;
  };
}

function schemaFindings(info: KindInfo, object: KubeObject): Violation[] {
  const schema = schemaOf(info);
  return schema ? violations(schema, object as JsonObject) : [];
}

/** Unknown fields are refused by strict decoding; wrong types too where the kind is built in (decoded into Go structs). */
function refuseUndecodable(info: KindInfo, object: KubeObject): void {
  const fatal = schemaFindings(info, object).filter((v) => v.type === 'unknown' || (v.type === 'type' && !info.custom));
  if (fatal.length === 0) return;
  const version = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
  const words = fatal.map((v) => (v.type === 'unknown' ? v.message : `${pathText(v.path)}: ${v.message}`)).join(', ');
  const strict = fatal.every((v) => v.type === 'unknown') ? 'strict decoding error: ' : '';
  const text = `${object.kind} in version "${version}" cannot be handled as a ${object.kind}: ${strict}${words}`;
  throw new ApiError(400, 'BadRequest', text, causesOf(fatal));
}

function refuseInvalid(info: KindInfo, object: KubeObject, findings: readonly Finding[]): void {
  const errors = findings.filter((f) => !f.warning);
  if (errors.length > 0) throw invalid(info, object.metadata.name, causesOf(errors));
}

function refuseDenied(webhook: Webhook, findings: Finding[]): void {
  const errors = findings.filter((f) => !f.warning);
  if (errors.length === 0) return;
  const text = `admission webhook "${webhook.name}" denied the request: configuration is invalid: ${joinErrors(errors)}`;
  throw new ApiError(400, 'BadRequest', text, causesOf(errors));
}

/** One error as it is, several as Go's multierror prints them. */
export function joinErrors(errors: readonly { message: string }[]): string {
  if (errors.length === 1) return errors[0]?.message ?? '';
  return `${errors.length} errors occurred:\n${errors.map((e) => `\t* ${e.message}\n`).join('')}\n`;
}

const causesOf = (findings: readonly Pick<Finding, 'path' | 'message'>[]): Cause[] =>
  findings.map(({ path, message }) => ({ field: pathText(path), message }));
