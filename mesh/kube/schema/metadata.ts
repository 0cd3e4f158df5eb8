import type { KubeObject } from '../objects.ts';
import { type Field, type Finding, fieldOf } from './field.ts';

const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const name = new RegExp(`^${qualifiedName}$`);
const prefixName = new RegExp(`^${subdomain}$`);

// Texts: k8s.io/apimachinery v0.33.0, pkg/util/validation/validation.go.
const keyWords = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`;
const prefixWords = `prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const valueWords = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${qualifiedName})?')`;

/** Labels and annotation keys; the name itself is the store's, which makes generated ones. */
export function metadataRules(object: KubeObject): Finding[] {
  const labels = fieldOf(object).at('metadata', 'labels');
  const annotations = fieldOf(object).at('metadata', 'annotations');
  return [
    ...labels.entries().flatMap(([key, value]) => [...keyFindings(labels, key), ...valueFindings(labels, value.text)]),
    ...annotations.entries().flatMap(([key]) => keyFindings(annotations, key)),
  ];
}

function valueFindings(labels: Field, value: string): Finding[] {
  const shown = JSON.stringify(value);
  return [
    ...labels.when(value.length > 63, `Invalid value: ${shown}: must be no more than 63 bytes`),
    ...labels.when(value !== '' && !name.test(value), `Invalid value: ${shown}: ${valueWords}`),
  ];
}

function keyFindings(map: Field, key: string): Finding[] {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const rest = key.slice(slash + 1);
  const shown = JSON.stringify(key);
  return [
    ...map.when(rest.length > 63, `Invalid value: ${shown}: name part must be no more than 63 bytes`),
    ...map.when(!name.test(rest), `Invalid value: ${shown}: ${keyWords}`),
    ...map.when(
      prefix !== undefined && !prefixName.test(prefix.toLowerCase()),
      `Invalid value: ${shown}: ${prefixWords}`,
    ),
  ];
}
