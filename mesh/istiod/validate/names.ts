/**
 * Names as istiod checks them: pkg/config/labels/instance.go, pkg/config/validation/agent/validation.go.
 * Every function returns istiod's sentence when the value is wrong. Its DNS label allows capitals, unlike Kubernetes'.
 */
const label = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const wildcardLabel = /^(\*|(\*|\*-)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)$/;

export const isDnsLabel = (value: string) => value.length <= 63 && label.test(value);

export function fqdnError(name: string): string | undefined {
  return lengthError(name) ?? labelsError(name);
}

/** A host that may start with a wildcard: `*`, `*.shop.svc`, `*-reviews.shop`. */
export function wildcardDomainError(domain: string): string | undefined {
  const wrong = lengthError(domain);
  if (wrong) return wrong;
  const dot = domain.indexOf('.');
  const first = dot < 0 ? domain : domain.slice(0, dot);
  if (first.length > 63 || !wildcardLabel.test(first)) {
    return `domain name "${domain}" invalid (label "${first}" invalid)`;
  }
  return dot < 0 ? undefined : labelsError(domain.slice(dot + 1));
}

/** As wildcardDomainError, and with `sni` also istiod's own `outbound_.80_._.host` names. */
export function gatewayDomainError(domain: string, sni: boolean): string | undefined {
  if (!sni || !domain.startsWith('outbound_')) return wildcardDomainError(domain);
  const format = 'outbound_.<PORT>_._.<HOSTNAME>';
  const parts = domain.split('_');
  if (parts.length < 4) return `domain name ${domain} invalid, should follow '${format}' format`;
  const trim = (text: string | undefined) => (text ?? '').replace(/^\.+|\.+$/g, '');
  const wrong = !/[0-9]/.test(trim(parts[1]))
    ? trim(parts[1])
    : !/[a-zA-Z]/.test(trim(parts[3]))
      ? trim(parts[3])
      : undefined;
  if (wrong === undefined) return undefined;
  return `domain name "${domain}" invalid (label "${wrong}" invalid). should follow ${format} format`;
}

function lengthError(name: string): string | undefined {
  if (name.length > 255) return `domain name "${name}" too long (max 255)`;
  return name === '' ? 'empty domain name not allowed' : undefined;
}

function labelsError(domain: string): string | undefined {
  const parts = domain.split('.');
  const top = parts.at(-1) ?? '';
  if (/^[+-]?\d+$/.test(top)) {
    return `domain name "${domain}" invalid (top level domain "${top}" cannot be all-numeric)`;
  }
  // The last part may be empty: `istio.io.`
  const wrong = parts.find((part, i) => !isDnsLabel(part) && !(part === '' && i === parts.length - 1));
  return wrong === undefined ? undefined : `domain name "${domain}" invalid (label "${wrong}" invalid)`;
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((p) => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) <= 255);
}

export function isIp(text: string): boolean {
  if (isIpv4(text)) return true;
  if (!text.includes(':') || !/^[0-9a-fA-F:.]+$/.test(text)) return false;
  try {
    return new URL(`http://[${text}]`).hostname !== '';
  } catch {
    return false;
  }
}

export function subnetError(subnet: string): string | undefined {
  const [address = '', bits, ...more] = subnet.split('/');
  if (bits === undefined || more.length > 0) return isIp(subnet) ? undefined : `${subnet} is not a valid IP`;
  const max = isIpv4(address) ? 32 : 128;
  const valid = isIp(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= max;
  return valid ? undefined : `${subnet} is not a valid CIDR block`;
}

export function portError(port: number): string | undefined {
  return port >= 1 && port <= 65535 ? undefined : `port number ${port} must be in the range 1..65535`;
}

/** True when the names cover one another in either direction (pkg/config/host/name.go, Matches). */
export function hostsOverlap(a: string, b: string): boolean {
  if (!a.startsWith('*') && !b.startsWith('*')) return a === b;
  if (a.startsWith('*') && b.startsWith('*')) {
    return a.length < b.length ? b.slice(1).endsWith(a.slice(1)) : a.slice(1).endsWith(b.slice(1));
  }
  return a.startsWith('*') ? b.endsWith(a.slice(1)) : a.endsWith(b.slice(1));
}

/** True when `host` is covered by `other` (pkg/config/host/name.go, SubsetOf). */
export function isSubsetOf(host: string, other: string): boolean {
  if (!other.startsWith('*')) return host === other;
  if (host.startsWith('*')) return host.length >= other.length && host.slice(1).endsWith(other.slice(1));
  return host.endsWith(other.slice(1));
}
