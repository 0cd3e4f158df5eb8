import type { JsonObject } from '../../json.ts';
import { INVALID_CREDENTIAL } from '../model/credential.ts';

/** The names under which the agent serves the workload's certificate and the mesh's roots (istio pkg/model/authentication.go). */
export const WORKLOAD_CERTIFICATE = 'default';
export const ROOT_CERTIFICATES = 'ROOTCA';

/** A secret that Envoy fetches from its agent. */
export const sdsSecret = (name: string): JsonObject => ({
  name,
  sdsConfig: {
    apiConfigSource: {
      apiType: 'GRPC',
      grpcServices: [{ envoyGrpc: { clusterName: 'sds-grpc' } }],
      setNodeOnFirstMessageOnly: true,
      transportApiVersion: 'V3',
    },
    // The two of the workload must be there before anything works; others (files) may come later.
    ...(name === WORKLOAD_CERTIFICATE || name === ROOT_CERTIFICATES ? { initialFetchTimeout: '0s' } : {}),
    resourceApiVersion: 'V3',
  },
});

/** A secret that istiod serves: the credentialName of a Gateway or DestinationRule. */
const adsSecret = (name: string): JsonObject => ({ name, sdsConfig: { ads: {}, resourceApiVersion: 'V3' } });

/** Behind the name of a credential, the authorities that go with it. */
export const CA_SUFFIX = '-cacert';
const BUILT_IN = 'builtin://';

/** The secret that a credentialName means (ConstructSdsSecretConfigForCredential in istio pilot/pkg/security/model, ToResourceName). */
export function credentialSecret(name: string): JsonObject {
  if (name === BUILT_IN) return sdsSecret(WORKLOAD_CERTIFICATE);
  if (name === `${BUILT_IN}${CA_SUFFIX}`) return sdsSecret(ROOT_CERTIFICATES);
  const own = name.replace(/^sds:\/\//, '');
  if (own.startsWith(INVALID_CREDENTIAL)) return adsSecret(INVALID_CREDENTIAL);
  return adsSecret(/^(configmap|kubernetes|kubernetes-gateway):\/\//.test(own) ? own : `kubernetes://${own}`);
}

/** Names of all secrets that a configuration asks for, sorted. */
export function secretNames(config: unknown): string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      if ('sdsConfig' in value && 'name' in value && typeof value.name === 'string') names.add(value.name);
      for (const item of Object.values(value)) visit(item);
    }
  };
  visit(config);
  return [...names].sort();
}
