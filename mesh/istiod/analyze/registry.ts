import { annotations } from './analyzers/annotations.ts';
import { applicationUser } from './analyzers/application-user.ts';
import { authorizationWorkloads } from './analyzers/authorization-workloads.ts';
import { conditions } from './analyzers/conditions.ts';
import { deploymentServices } from './analyzers/deployment-services.ts';
import { deprecations } from './analyzers/deprecations.ts';
import { destinationRuleCertificates } from './analyzers/destination-rule-certificates.ts';
import { destinationRuleSubsets } from './analyzers/destination-rule-subsets.ts';
import { envoyFilterPatches } from './analyzers/envoy-filter-patches.ts';
import { externalControlPlane } from './analyzers/external-control-plane.ts';
import { gatewayApiSelectors } from './analyzers/gateway-api-selectors.ts';
import { gatewayApiVersions } from './analyzers/gateway-api-versions.ts';
import { gatewayCertificates } from './analyzers/gateway-certificates.ts';
import { gatewayConflicts } from './analyzers/gateway-conflicts.ts';
import { gatewayPorts } from './analyzers/gateway-ports.ts';
import { gatewaySecrets } from './analyzers/gateway-secrets.ts';
import { imageAuto } from './analyzers/image-auto.ts';
import { namespaceInjection } from './analyzers/namespace-injection.ts';
import { proxyImages } from './analyzers/proxy-images.ts';
import { requestAuthenticationFetches } from './analyzers/request-authentication-fetches.ts';
import { serviceEntryAddresses } from './analyzers/service-entry-addresses.ts';
import { serviceEntryProtocols } from './analyzers/service-entry-protocols.ts';
import { servicePorts } from './analyzers/service-ports.ts';
import { sidecarSelectors } from './analyzers/sidecar-selectors.ts';
import { telemetryDefaults } from './analyzers/telemetry-defaults.ts';
import { telemetryLightstep } from './analyzers/telemetry-lightstep.ts';
import { telemetryProviders } from './analyzers/telemetry-providers.ts';
import { telemetrySelectors } from './analyzers/telemetry-selectors.ts';
import { validationAnalyzers } from './analyzers/validation.ts';
import { virtualServiceClaims } from './analyzers/virtual-service-claims.ts';
import { virtualServiceConflicts } from './analyzers/virtual-service-conflicts.ts';
import { virtualServiceGateways } from './analyzers/virtual-service-gateways.ts';
import { virtualServiceHosts } from './analyzers/virtual-service-hosts.ts';
import { virtualServiceSubsets } from './analyzers/virtual-service-subsets.ts';
import { webhooks } from './analyzers/webhooks.ts';
import type { Analyzer } from './context.ts';

/** Every analyzer (istio pkg/config/analysis/analyzers/all.go, but for the two that compare clusters). */
export const analyzers: readonly Analyzer[] = [
  annotations,
  applicationUser,
  authorizationWorkloads,
  conditions,
  deploymentServices,
  deprecations,
  destinationRuleCertificates,
  destinationRuleSubsets,
  envoyFilterPatches,
  externalControlPlane,
  gatewayApiSelectors,
  gatewayApiVersions,
  gatewayCertificates,
  gatewayConflicts,
  gatewayPorts,
  gatewaySecrets,
  imageAuto,
  namespaceInjection,
  proxyImages,
  requestAuthenticationFetches,
  serviceEntryAddresses,
  serviceEntryProtocols,
  servicePorts,
  sidecarSelectors,
  telemetryDefaults,
  telemetryLightstep,
  telemetryProviders,
  telemetrySelectors,
  virtualServiceClaims,
  virtualServiceConflicts,
  virtualServiceGateways,
  virtualServiceHosts,
  virtualServiceSubsets,
  webhooks,
  ...validationAnalyzers,
];
