import type { Field, Finding } from '../../kube/schema/field.ts';
import { re2Error } from './re2.ts';

/** A StringMatch: an empty prefix or regex matches nothing in Envoy (validateStringMatch). */
export function stringMatchFindings(match: Field, where: string): Finding[] {
  const prefix = match.get('prefix');
  if (prefix.present) return prefix.when(prefix.text === '', `"${where}": prefix string match should not be empty`);
  return regexMatchFindings(match, where);
}

export function regexMatchFindings(match: Field, where: string): Finding[] {
  const regex = match.get('regex');
  if (!regex.present) return [];
  if (regex.text === '') return [regex.error(`"${where}": regex string match should not be empty`)];
  return regexFindings(regex, where);
}

export function regexFindings(regex: Field, where: string): Finding[] {
  if (new TextEncoder().encode(regex.text).length > 1024) {
    return [regex.error(`"${where}": regex is too large, max length allowed is 1024`)];
  }
  const error = re2Error(regex.text);
  const hint = 'Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)';
  return error ? [regex.error(`"${where}": ${error}; ${hint}`)] : [];
}
