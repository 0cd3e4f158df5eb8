import type { Field, Finding } from '../../kube/schema/field.ts';
import { fqdnError, isDnsLabel, portError, wildcardDomainError } from './names.ts';

/** Rules that several kinds share; all of pkg/config/validation/validation.go. */
export const unless = (field: Field, error: string | undefined): Finding[] =>
  error === undefined ? [] : [field.error(error)];

export const portFindings = (field: Field): Finding[] => unless(field, portError(field.number));

export function subsetNameFindings(name: Field): Finding[] {
  if (name.text === '') return [name.error('subset name cannot be empty')];
  return name.when(!isDnsLabel(name.text), `subset name is invalid: ${name.text}`);
}

export function percentFindings(field: Field): Finding[] {
  return field.when(field.number < 0 || field.number > 100, `percentage ${field.number} is not in range 0..100`);
}

const qualifiedName = '(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const dnsPrefix = '[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*/';
const tagKey = new RegExp(`^(${dnsPrefix})?(${qualifiedName})$`);
const tagValue = new RegExp(`^(${qualifiedName})?$`);

/** Labels that select workloads (labels.Instance.Validate). */
export function labelFindings(labels: Field): Finding[] {
  return labels.entries().flatMap(([key, value]) => {
    const [, prefix = '', name = ''] = tagKey.exec(key) ?? [];
    return [
      ...value.when(name === '', `invalid tag key: "${key}"`),
      ...value.when(prefix.length > 254, `invalid tag key: "${key}" (DNS prefix is too long)`),
      ...value.when(name.length > 63, `invalid tag key: "${key}" (name is too long)`),
      ...value.when(!tagValue.test(value.text), `invalid tag value: "${value.text}"`),
    ];
  });
}

export function selectorFindings(selector: Field): Finding[] {
  if (!selector.present) return [];
  const labels = selector.get('matchLabels');
  const found = labels
    .entries()
    .flatMap(([key, value]) => [
      ...value.when(key === '', `empty key is not supported in selector: "${key}=${value.text}"`),
      ...value.when(
        `${key}${value.text}`.includes('*'),
        `wildcard is not supported in selector: "${key}=${value.text}"`,
      ),
    ]);
  return labels.size === 0 ? [...found, selector.warn('workload selector specified without labels')] : found;
}

/** The CEL rules of `selector.matchLabels` in the CRDs. */
export function crdSelector(selector: Field): Finding[] {
  const labels = selector.get('matchLabels');
  const keys = labels.entries().map(([key]) => key);
  return [
    ...labels.when(
      keys.some((key) => key.includes('*')),
      'Invalid value: wildcard not allowed in label key match',
    ),
    ...labels.when(keys.includes(''), 'Invalid value: key must not be empty'),
    ...labels
      .entries()
      .flatMap(([, value]) =>
        value.when(
          value.text.includes('*'),
          `Invalid value: ${JSON.stringify(value.text)}: wildcard not allowed in label value match`,
        ),
      ),
  ];
}

/** `selector`: of a DestinationRule that has one. `nobody`: `~` is allowed, as in a ServiceEntry. */
export function exportToFindings(
  exportTo: Field,
  namespace: string,
  { selector = false, nobody = false }: { selector?: boolean; nobody?: boolean } = {},
): Finding[] {
  const seen = new Set<string>();
  const found: Finding[] = [];
  for (const entry of exportTo.items()) {
    const key = entry.text === '.' ? namespace : entry.text;
    if (seen.has(key)) found.push(entry.error(duplicateWords(key, entry.text, namespace)));
    else {
      const wrong = nobody && key === '~' ? undefined : visibilityError(key);
      if (wrong) found.push(entry.error(wrong));
      else seen.add(key);
    }
  }
  return [
    ...found,
    ...(selector ? selectorVisibility(exportTo, seen, namespace) : []),
    ...publicAlone(exportTo, seen),
    ...exportTo.when(seen.has('~') && exportTo.size > 1, 'cannot export service entry to no one (~) and someone'),
  ];
}

const duplicateWords = (key: string, entry: string, namespace: string) =>
  key === entry
    ? `duplicate entries in exportTo for entry ${entry}`
    : `duplicate entries in exportTo: . and current namespace ${namespace}`;

function visibilityError(value: string): string | undefined {
  if (value === '*' || value === '.') return undefined;
  if (value === '~') return 'exportTo ~ (none) is not allowed for Istio configuration objects';
  return isDnsLabel(value) ? undefined : 'only .,*, or a valid DNS 1123 label is allowed as exportTo entry';
}

function selectorVisibility(exportTo: Field, seen: Set<string>, namespace: string): Finding[] {
  if (seen.size === 0) return [];
  if (!seen.has(namespace)) {
    return [exportTo.error('destination rule with workload selector cannot have exportTo beyond current namespace')];
  }
  return exportTo.when(
    seen.size > 1,
    'destination rule with workload selector cannot have multiple entries in exportTo',
  );
}

function publicAlone(exportTo: Field, seen: Set<string>): Finding[] {
  const both = seen.has('*') && exportTo.size > 1;
  return exportTo.when(both, 'cannot have both public (*) and non-public exportTo values for a resource');
}

/** Names of gateways in `gateways`: `namespace/name`, a name, `mesh`, or the old FQDN form. */
export function gatewayNameFindings(names: Field): Finding[] {
  const found: Finding[] = [];
  for (const name of names.items()) {
    const slash = name.text.indexOf('/');
    if (slash < 0) {
      // istiod ends its loop here, too: what follows a name without a namespace is not looked at.
      return [...found, ...legacyName(name), ...unless(name, fqdnError(name.text))];
    }
    const [namespace, gateway] = [name.text.slice(0, slash), name.text.slice(slash + 1)];
    found.push(
      ...name.when(namespace === '' || gateway === '', 'config namespace and gateway name cannot be empty'),
      ...name.when(!isDnsLabel(namespace), `invalid value for namespace: "${namespace}"`),
      ...name.when(!isDnsLabel(gateway), `invalid value for gateway name: "${gateway}"`),
    );
  }
  return found;
}

function legacyName(name: Field): Finding[] {
  const [gateway, namespace] = name.text.split('.');
  if (namespace === undefined) return [];
  const better = `"${namespace}/${gateway}"`;
  return [name.warn(`using legacy gatewayName format "${name.text}"; prefer the <namespace>/<name> format: ${better}`)];
}

export function destinationFindings(destination: Field): Finding[] {
  if (!destination.present) return [];
  const host = destination.get('host');
  const subset = destination.get('subset');
  const port = destination.get('port');
  return [
    ...(host.text === '*' ? [host.error('invalid destination host *')] : unless(host, wildcardDomainError(host.text))),
    ...(subset.text === '' ? [] : subsetNameFindings(subset)),
    ...(port.present ? portFindings(port.get('number')) : []),
  ];
}

/** Weights of one route; `route` is the list. */
export function weightFindings(route: Field): Finding[] {
  const legs = route.items();
  const total = legs.reduce((sum, leg) => sum + leg.get('weight').number, 0);
  return [
    ...legs.flatMap((leg) => leg.get('destination').when(!leg.get('destination').present, 'destination is required')),
    ...legs.flatMap((leg) => destinationFindings(leg.get('destination'))),
    ...legs.flatMap((leg) =>
      leg.get('weight').when(leg.get('weight').number < 0, `weight ${leg.get('weight').number} < 0`),
    ),
    ...route.when(legs.length > 1 && total === 0, 'total destination weight = 0'),
  ];
}
