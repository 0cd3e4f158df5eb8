import type { Field, Finding } from '../../kube/schema/field.ts';
import {
  emptyValue,
  ipErrors,
  pathTemplateError,
  portErrors,
  serviceAccountValue,
  trustDomainValue,
  type ValuesError,
} from './authorization-values.ts';

const ips = ['ipBlocks', 'remoteIpBlocks'];
const sourceChecks: { [name: string]: ValuesError } = {
  principals: emptyValue,
  requestPrincipals: emptyValue,
  namespaces: emptyValue,
  serviceAccounts: serviceAccountValue,
  trustDomains: trustDomainValue,
  ipBlocks: emptyValue,
  remoteIpBlocks: emptyValue,
};
const operationFields = ['ports', 'methods', 'paths', 'hosts'];

const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
const not = (name: string) => `not${capital(name)}`;
const both = (names: string[]) => [...names, ...names.map(not)];
const texts = (field: Field) => field.items().map((value) => value.text);
const told = (field: Field, error: string | undefined): Finding[] => (error ? [field.error(error)] : []);

/** One entry of `from`; `index` is its rule's. */
export function fromFindings(from: Field, index: number): Finding[] {
  const source = from.get('source');
  if (!source.present) return [from.error(`\`from.source\` must not be nil, found at rule ${index}`)];
  const has = (names: string[]) => names.some((name) => source.get(name).size > 0);
  const mixed = has(both(['principals', 'namespaces'])) && has(both(['serviceAccounts']));
  const counted = both(Object.keys(sourceChecks));
  return [
    ...source.when(mixed, `cannot set serviceAccounts with namespaces or principals, found at rule ${index}`),
    ...source.when(!has(counted), `\`from.source\` must not be empty, found at rule ${index}`),
    ...both(ips).flatMap((name) => ipErrors(texts(source.get(name))).map((error) => source.get(name).error(error))),
    ...Object.entries(sourceChecks).flatMap(([name, check]) =>
      [name, not(name)].flatMap((n) => told(source.get(n), check(capital(n), texts(source.get(n))))),
    ),
  ];
}

/** One entry of `to`. */
export function toFindings(to: Field, index: number): Finding[] {
  const operation = to.get('operation');
  if (!operation.present) return [to.error(`\`to.operation\` must not be nil, found at rule ${index}`)];
  const fields = both(operationFields).map((name) => ({ name, field: operation.get(name) }));
  const empty = fields.every(({ field }) => field.size === 0);
  return [
    ...operation.when(empty, `\`to.operation\` must not be empty, found at rule ${index}`),
    ...both(['ports']).flatMap((name) =>
      portErrors(texts(operation.get(name))).map((error) => operation.get(name).error(error)),
    ),
    ...fields.flatMap(({ name, field }) => told(field, emptyValue(capital(name), texts(field)))),
    ...both(['paths']).flatMap((name) =>
      told(operation.get(name), pathTemplateError(capital(name), texts(operation.get(name)))),
    ),
  ];
}
