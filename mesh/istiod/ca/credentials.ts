import { isObject } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Store } from '../../kube/store.ts';
import { grantsOf } from '../ingest/gateway-api/grants.ts';
import { certificateIn, configMapTexts, rootsIn, secretTexts } from '../ingest/gateway-api/secrets.ts';
import type { Config } from '../model/config.ts';
import type { ReferenceGrant } from '../model/kubernetes-gateway.ts';

/** What a Secret or ConfigMap holds for TLS; PEM. */
export type Credential = { kind: 'certificate'; certificate: string; key: string } | { kind: 'roots'; bundle: string };

type Objects = Pick<Store, 'get' | 'list'>;
type Texts = { [key: string]: string };

const CA_SUFFIX = '-cacert';
const secretKind = { apiVersion: 'v1', kind: 'Secret' };
const configMapKind = { apiVersion: 'v1', kind: 'ConfigMap' };
const grantKind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'ReferenceGrant' };

/** Kinds whose change may change a credential. */
export const isCredentialSource = ({ apiVersion, kind }: KubeObject): boolean =>
  (apiVersion === 'v1' && (kind === 'Secret' || kind === 'ConfigMap')) || kind === 'ReferenceGrant';

/**
 * What istiod serves a proxy of `namespace` under a name such as kubernetes://NAME (parseResources and generate in istio
 * pilot/pkg/xds/sds.go). Undefined for what is not there, cannot be used, or is not the proxy's to see: of other namespaces only
 * with a ReferenceGrant, or authorities in a ConfigMap.
 */
export function credential(objects: Objects, resource: string, namespace: string): Credential | undefined {
  const [, scheme = '', path = ''] = /^(kubernetes|kubernetes-gateway|configmap):\/\/(.+)$/.exec(resource) ?? [];
  const [first = '', second] = path.split('/');
  const at = second === undefined ? { namespace, name: first } : { namespace: first, name: second };
  if (scheme === 'configmap') return roots(configMapTexts, objects.get({ ...configMapKind, ...withoutSuffix(at) }));
  if (scheme === '' || !mayRead(objects, { scheme, at, namespace })) return undefined;
  if (!at.name.endsWith(CA_SUFFIX)) return pair(objects.get({ ...secretKind, ...at }));
  // A Secret with that very name goes before that of the certificate (GetCaCert).
  const secret = objects.get({ ...secretKind, ...at }) ?? objects.get({ ...secretKind, ...withoutSuffix(at) });
  return roots(secretTexts, secret);
}

/** A Secret as a client of the mesh uses it: its certificate with key. */
export const clientCertificate = (secret: KubeObject): Credential | undefined => pair(secret);

/** A Secret as a client of the mesh trusts it: its authorities, else its certificate, which then has to be its own authority. */
export function trusted(secret: KubeObject): string | undefined {
  const found = roots(secretTexts, secret) ?? pair(secret);
  return found?.kind === 'roots' ? found.bundle : found?.certificate;
}

interface At {
  namespace: string;
  name: string;
}

const withoutSuffix = ({ namespace, name }: At): At => ({
  namespace,
  name: name.endsWith(CA_SUFFIX) ? name.slice(0, -CA_SUFFIX.length) : name,
});

/** filterAuthorizedResources. */
function mayRead(objects: Objects, { scheme, at, namespace }: { scheme: string; at: At; namespace: string }): boolean {
  if (at.namespace === namespace) return true;
  if (scheme !== 'kubernetes-gateway') return false;
  const grants = objects.list(grantKind).map(({ metadata, spec }) => ({ spec, namespace: metadata.namespace ?? '' }));
  const { allows } = grantsOf(grants as Config<ReferenceGrant>[]);
  const to = { group: '', kind: 'Secret', ...at };
  return ['Gateway', 'ListenerSet'].some((kind) => allows({ kind, namespace }, to));
}

function pair(secret: KubeObject | undefined): Credential | undefined {
  const found = secret && certificateIn(textsOf(secretTexts, secret));
  return isObject(found)
    ? { kind: 'certificate', certificate: String(found.certificate), key: String(found.key) }
    : undefined;
}

function roots(read: typeof secretTexts, object: KubeObject | undefined): Credential | undefined {
  const found = object && rootsIn(textsOf(read, object));
  return isObject(found) ? { kind: 'roots', bundle: String(found.bundle) } : undefined;
}

const textsOf = (read: typeof secretTexts, object: KubeObject): Texts => [...read([object]).values()][0] ?? {};
