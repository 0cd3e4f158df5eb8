import type { Field, Finding } from '../../kube/schema/field.ts';
import { emptyValue, ipErrors, portErrors, serviceAccountValue, wildcardValue } from './authorization-values.ts';

type Check = (key: string, values: readonly string[]) => string | undefined;

const fine: Check = () => undefined;
const joined = (errors: string[]): string | undefined => (errors.length === 0 ? undefined : errors.join('; '));
const ips: Check = (_key, values) => joined(ipErrors(values));

/** `request.headers[x]`: something stands between the brackets. */
const mapKey: Check = (key) => (/^[^[]+\[.+\]$/.test(key) ? undefined : `bad key (${key}): should have format a[b]`);

/** Attributes of a condition (pkg/config/security/security.go, ValidateAttribute). Keys that end with `*` are prefixes. */
const attributes: [key: string, check: Check][] = [
  ['request.headers*', mapKey],
  ['source.ip', ips],
  ['remote.ip', ips],
  ['source.namespace', fine],
  ['source.serviceAccount', serviceAccountValue],
  ['source.principal', fine],
  ['source.trustDomain', wildcardValue],
  ['request.auth.principal', fine],
  ['request.auth.audiences', fine],
  ['request.auth.presenter', fine],
  ['request.auth.claims*', mapKey],
  ['destination.ip', ips],
  ['destination.port', (_key, values) => joined(portErrors(values))],
  ['connection.sni', fine],
  ['experimental.envoy.filters.*', mapKey],
  ['destination.namespace', (key) => `attribute ${key} is replaced by the metadata.namespace`],
  ['destination.labels*', (key) => `attribute ${key} is replaced by the workload selector`],
  ['destination.name', (key) => `deprecated attribute ${key}: only supported in v1alpha1`],
  ['destination.user', (key) => `deprecated attribute ${key}: only supported in v1alpha1`],
];

function attributeError(key: string, values: readonly string[]): string | undefined {
  const empty = emptyValue(key, values);
  if (empty) return empty;
  const row = attributes.find(([name]) => (name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name));
  return row ? row[1](key, values) : `unknown attribute: ${key}`;
}

/** One entry of `when`. */
export function whenFindings(condition: Field): Finding[] {
  const key = condition.get('key').text;
  if (key === '') return [condition.error('`key` must not be empty')];
  const [values, notValues] = [condition.get('values'), condition.get('notValues')];
  if (values.size + notValues.size === 0) {
    return [condition.error(`at least one of \`values\` or \`notValues\` must be set for key ${key}`)];
  }
  return [
    { name: 'value', field: values },
    { name: 'notValue', field: notValues },
  ].flatMap(({ name, field }) => {
    const error = attributeError(
      key,
      field.items().map((value) => value.text),
    );
    return error ? [field.error(`invalid \`${name}\` for \`key\` ${key}: ${error}`)] : [];
  });
}
