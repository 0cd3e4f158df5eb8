import type { JsonObject } from '../json.ts';
import { object, objects, text } from './entry.ts';
import type { Table, TableOptions } from './table.ts';

/** A secret that Envoy has, with its certificates in PEM; none while it waits for them. */
export interface Secret {
  name: string;
  state: string;
  pem: string;
  /** Known where one secret holds a bundle for each trust domain. */
  trustDomain: string;
}

/** What is told of the first certificate of a PEM file. */
export interface CertificateFacts {
  /** Hexadecimal. */
  serialNumber: string;
  notBefore: Date;
  notAfter: Date;
  isCa: boolean;
  /** URI names, e.g. `spiffe://cluster.local/ns/shop/sa/web`. */
  uris: readonly string[];
}
/** Reads PEM; undefined when that is no certificate. Given by the caller: X.509 takes a library. */
export type ReadCertificate = (pem: string) => CertificateFacts | undefined;

/** Secrets of a config dump after camelCase: those that are waited for, then the others (GetEnvoySecrets, istioctl compare/sds/util.go). */
export function secretsOf(dump: JsonObject): Secret[] {
  const states = [
    ['WARMING', dump.dynamicWarmingSecrets],
    ['ACTIVE', dump.dynamicActiveSecrets],
  ] as const;
  return states.flatMap(([state, list]) => objects(list).flatMap((s) => certificates(text(s.name), state, s)));
}

function certificates(name: string, state: string, { secret }: JsonObject): Secret[] {
  const { tlsCertificate, validationContext } = object(secret);
  const own = decoded(object(object(tlsCertificate).certificateChain));
  const roots = decoded(object(object(validationContext).trustedCa));
  const { trustDomains } = object(object(object(validationContext).customValidatorConfig).typedConfig);
  if (own + roots === '' && trustDomains !== undefined)
    return objects(trustDomains).map((domain) => {
      const pem = decoded(object(domain.trustBundle));
      return { name, state, pem, trustDomain: text(domain.name) };
    });
  return [{ name, state, pem: own || roots, trustDomain: '' }];
}

const decoded = (source: JsonObject): string => atob(text(source.inlineBytes));

/** `istioctl proxy-config secret` (istioctl pkg/writer/compare/sds/writer.go). Trust domains are told where all are known. */
export function secretsTable(
  secrets: readonly Secret[],
  { read, now, withType = false }: TableOptions & { read: ReadCertificate; now: Date },
): Table {
  const facts = secrets.map((secret) => ({ secret, ...describe(secret, read, now) }));
  const domains = facts.length > 0 && facts.every((f) => f.trustDomain !== '');
  const rows = facts.map(({ secret, cells, trustDomain }) => ({
    cells: [`${withType ? 'secret/' : ''}${secret.name}`, ...cells, ...(domains ? [trustDomain] : [])],
    at: '',
  }));
  const columns = ['RESOURCE NAME', 'TYPE', 'STATUS', 'VALID CERT', 'SERIAL NUMBER', 'NOT AFTER', 'NOT BEFORE'];
  return { columns: domains ? [...columns, 'TRUST DOMAIN'] : columns, rows, padding: 5 };
}

function describe(secret: Secret, read: ReadCertificate, now: Date): { cells: string[]; trustDomain: string } {
  const found = secret.pem === '' ? undefined : read(secret.pem);
  if (!found) return { cells: ['', secret.state, 'false', '', '', ''], trustDomain: '' };
  const valid = now > found.notBefore && now < found.notAfter;
  const serial = found.serialNumber.toLowerCase().padStart(32, '0');
  const dates = [found.notAfter, found.notBefore].map((date) => date.toISOString().replace('.000', ''));
  const spiffe = found.uris.filter((uri) => uri.startsWith('spiffe://')).at(-1);
  return {
    cells: [found.isCa ? 'CA' : 'Cert Chain', secret.state, String(valid), serial, ...dates],
    trustDomain: secret.trustDomain || (spiffe?.split('/')[2] ?? ''),
  };
}

/** Secrets that a configuration asks for, where nobody has issued them: their names and kinds are all there is. */
export function secretNamesTable(names: readonly string[], { withType = false }: TableOptions = {}): Table {
  const isCa = (name: string) => name === 'ROOTCA' || name.startsWith('file-root:') || name.endsWith('-cacert');
  const rows = names.map((name) => ({
    cells: [`${withType ? 'secret/' : ''}${name}`, isCa(name) ? 'CA' : 'Cert Chain'],
    at: '',
  }));
  return { columns: ['RESOURCE NAME', 'TYPE'], rows, padding: 5 };
}
