import type { JsonObject } from '../../json.ts';

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
export const adsSecret = (name: string): JsonObject => ({ name, sdsConfig: { ads: {}, resourceApiVersion: 'V3' } });

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
