import { allParts, type Part } from '../xds/builders.ts';

const notEndpoints = ['listeners', 'routes', 'clusters'] as const;

/**
 * What each change makes old: the tables skippedCdsConfigs, skippedLdsConfigs, skippedRdsConfigs and skippedEdsConfigs of istio
 * pilot/pkg/xds/{cds,lds,rds,eds}.go, read the other way round. Of endpoints only those of the services that changed are made anew
 * (`EndpointScope`), as in EdsGenerator.buildEndpoints.
 */
export const makesOld = {
  /** The mesh config, or the proxy itself: its labels, address, locality (ProxyUpdate). istiod calls such a push forced. */
  everything: allParts,
  /** The service ports that the workload serves. */
  targets: notEndpoints,
  /** The Sidecar that selects the proxy. */
  sidecar: notEndpoints,
  virtualServices: notEndpoints,
  destinationRules: allParts,
  services: allParts,
  /** PeerAuthentications of the workload itself; those of others concern how to call them. */
  ownMtls: ['listeners'],
  mtlsOfNamespaces: ['clusters'],
  mtlsOfEndpoints: ['endpoints'],
  authorization: ['listeners'],
  requestAuthentication: ['listeners'],
  /** Services that extension providers name are looked up in the whole mesh. */
  providers: ['listeners'],
  endpoints: ['endpoints'],
  /** Headless services have a listener for each endpoint (HeadlessEndpointUpdate in the kube controller's endpointslice.go). */
  headless: ['listeners'],
  /** Clusters hold endpoints that are names, and the identities of all (istiod takes both for a change of the service). */
  inClusters: ['clusters'],
} as const satisfies { [reason: string]: readonly Part[] };

export type Reason = keyof typeof makesOld;
