import type { Field, Finding } from '../../kube/schema/field.ts';
import { isDnsLabel, isIp, wildcardDomainError } from './names.ts';

/** agent/validation.go, ValidatePartialWildCard: a star may only be a whole first label. */
export function partialWildcardError(host: string): string | undefined {
  const partial = host.includes('*') && host.length !== 1 && !host.startsWith('*.');
  return partial ? `partial wildcard "${host}" not allowed` : undefined;
}

/** `namespace/host` of a Gateway's server or a Sidecar's egress (ValidateNamespaceSlashWildcardHostname). */
export function scopedHostFindings(field: Field, owner: 'gateway' | 'sidecar'): Finding[] {
  const slash = field.text.indexOf('/');
  if (slash < 0) {
    if (owner === 'sidecar') return [field.error('host must be of form namespace/dnsName')];
    return hostFindings(field, field.text, owner);
  }
  const [namespace, host] = [field.text.slice(0, slash), field.text.slice(slash + 1)];
  const empty = namespace === '' || host === '';
  return [
    ...field.when(empty, 'config namespace and dnsName in host entry cannot be empty'),
    ...field.when(!isScope(namespace, owner), `invalid namespace value "${namespace}" in ${owner}`),
    ...hostFindings(field, host, owner),
  ];
}

/** A Sidecar may also leave a namespace out with `~`, and hosts without one are nobody's. */
function isScope(namespace: string, owner: 'gateway' | 'sidecar'): boolean {
  const name = owner === 'sidecar' ? namespace.replace(/^~/, '') : namespace;
  return (owner === 'sidecar' && name === '') || name === '*' || name === '.' || isDnsLabel(name);
}

function hostFindings(field: Field, host: string, owner: 'gateway' | 'sidecar'): Finding[] {
  const wrong = wildcardDomainError(host);
  const partial = partialWildcardError(host);
  // istiod tells the error of a Sidecar's host twice unless it is an address.
  const errors = wrong === undefined ? [] : [...(owner === 'sidecar' ? [wrong] : []), ...(isIp(host) ? [] : [wrong])];
  return [
    ...field.when(host !== '*' && !host.includes('.'), 'short names (non FQDN) are not allowed'),
    ...errors.map((error) => field.error(error)),
    ...(partial ? [field.error(partial)] : []),
  ];
}

/** A path for a Unix socket, without its `unix://` (ValidateUnixAddress). */
export function unixAddressError(path: string): string | undefined {
  if (path === '') return 'unix address must not be empty';
  if (path.startsWith('@')) return undefined;
  return path.startsWith('/') && !path.endsWith('/') ? undefined : `${path} is not an absolute path to a file`;
}
