import type { Field, Finding } from '../../kube/schema/field.ts';

/** A CEL rule of a CRD that does not hold; scalars are shown, as the API server does. */
export function crdRule(field: Field, wrong: boolean, message: string): Finding[] {
  const scalar = field.present && typeof field.value !== 'object';
  return field.when(wrong, `Invalid value: ${scalar ? `${JSON.stringify(field.value)}: ` : ''}${message}`);
}

/** At most one of these fields may be there (`(has(self.a) ? 1 : 0) + … <= 1`). */
export function crdAtMostOne(field: Field, names: readonly string[], message: string): Finding[] {
  return crdRule(field, names.filter((name) => field.get(name).present).length > 1, message);
}

/** Every one of a list's elements must be different by its key. */
export function crdUnique(list: Field, keyOf: (item: Field) => string | undefined, message: string): Finding[] {
  const keys = list
    .items()
    .map(keyOf)
    .filter((key) => key !== undefined);
  return crdRule(list, new Set(keys).size < keys.length, message);
}

/** `0 < self && self <= 65535`. */
export const crdPort = (field: Field): Finding[] =>
  crdRule(field, field.present && (field.number < 1 || field.number > 65535), 'port must be between 1-65535');
