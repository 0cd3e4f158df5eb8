import type { Clock } from '../world/clock.ts';
import type { Random } from '../world/random.ts';
import type { Cause } from './errors.ts';
import { groupOf, type KindInfo } from './kind-info.ts';

// Alphabet without vowels and look-alikes, 5 characters, base cut to 58: k8s.io/apiserver pkg/storage/names/generate.go.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const maxBase = 58;

/** Five random characters, as in pod names. */
export const randomSuffix = (random: Random): string =>
  Array.from({ length: 5 }, () => alphabet[Math.floor(random.next() * alphabet.length)]).join('');

export const generatedName = (base: string, random: Random): string => base.slice(0, maxBase) + randomSuffix(random);

/** A version 4 UUID (RFC 9562, section 5.4). */
export function uuid(random: Random): string {
  const digit = (bits: number) => Math.floor(random.next() * bits).toString(16);
  const digits = (n: number) => Array.from({ length: n }, () => digit(16)).join('');
  const variant = (8 + Math.floor(random.next() * 4)).toString(16);
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${variant}${digits(3)}-${digits(12)}`;
}

/** RFC 3339 in whole seconds, as metav1.Time is written. */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

export const now = (clock: Clock): string => timestamp(clock.now());

interface NameRule {
  pattern: RegExp;
  max: number;
  message: string;
}

// Rules and texts: k8s.io/apimachinery v0.33.0, pkg/util/validation/validation.go.
const subdomain: NameRule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  max: 253,
  message:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
};
const label: NameRule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  max: 63,
  message:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
};
const label1035: NameRule = {
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  max: 63,
  message:
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
};
const pathSegment: NameRule = { pattern: /^(?!\.\.?$)[^/%]+$/, max: 253, message: "may not contain '/' or '%'" };

function ruleOf(info: KindInfo): NameRule {
  const group = groupOf(info.apiVersion);
  if (group === 'rbac.authorization.k8s.io') return pathSegment;
  if (group !== '') return subdomain;
  return info.kind === 'Namespace' ? label : info.kind === 'Service' ? label1035 : subdomain;
}

/** What is wrong with metadata.name, in Kubernetes' words; empty when nothing is. */
export function nameCauses(info: KindInfo, name: string): Cause[] {
  const field = 'metadata.name';
  if (name === '') return [{ field, message: 'Required value: name or generateName is required' }];
  const rule = ruleOf(info);
  const message =
    name.length > rule.max
      ? `must be no more than ${rule.max} bytes`
      : rule.pattern.test(name)
        ? undefined
        : rule.message;
  return message === undefined ? [] : [{ field, message: `Invalid value: ${JSON.stringify(name)}: ${message}` }];
}
