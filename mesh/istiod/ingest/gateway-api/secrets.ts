import { isObject } from '../../../json.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { key } from '../../model/config.ts';

/** Texts of a Secret or ConfigMap by key. */
export type Texts = { [key: string]: string };

/** Texts by namespace/name. `stringData` is what an API server would have put into `data`. */
export const secretTexts = (objects: readonly KubeObject[]): Map<string, Texts> =>
  new Map(objects.map((o) => [nameOf(o), { ...decoded(texts(o.data)), ...texts(o.stringData) }]));
export const configMapTexts = (objects: readonly KubeObject[]): Map<string, Texts> =>
  new Map(objects.map((o) => [nameOf(o), texts(o.data)]));

const nameOf = ({ metadata }: KubeObject): string => key(metadata.namespace ?? '', metadata.name);

const texts = (value: unknown): Texts =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).filter((e): e is [string, string] => typeof e[1] === 'string'))
    : {};

const decoded = (data: Texts): Texts =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      try {
        return [name, atob(value.replace(/\s/g, ''))];
      } catch {
        return [name, ''];
      }
    }),
  );

/** Names of the entries, in the order in which istiod looks (istio pilot/pkg/credentials/kube/secrets.go). */
const pairs = [
  ['cert', 'key'],
  ['tls.crt', 'tls.key'],
] as const;
const roots = ['cacert', 'ca.crt'] as const;

/** ExtractCertInfo: a certificate with its key, or what is wrong. */
export function certificateIn(data: Texts): { certificate: string; key: string } | string {
  for (const [certificate, own] of pairs)
    if (data[certificate] && data[own]) return { certificate: data[certificate], key: data[own] };
  for (const [certificate, own] of pairs)
    if (certificate in data && own in data) return `found keys "${certificate}" and "${own}", but they were empty`;
  return `found secret, but didn't have expected keys (cert and key) or (tls.crt and tls.key); found: ${found(data)}`;
}

/** ExtractRoot: a bundle of authorities, or what is wrong. */
export function rootsIn(data: Texts): { bundle: string } | string {
  for (const name of roots) if (data[name]) return { bundle: data[name] };
  for (const name of roots) if (name in data) return `found key "${name}", but it was empty`;
  return `found secret, but didn't have expected keys cacert or ca.crt; found: ${found(data)}`;
}

function found(data: Texts): string {
  const names = Object.keys(data).sort();
  return names.length < 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, and ${names.length - 3} more...`;
}
