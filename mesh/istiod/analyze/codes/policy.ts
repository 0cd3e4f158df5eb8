import { code, goList, quoted } from '../code.ts';

/** Codes of policies, Telemetry and EnvoyFilters. */
export const policy = {
  NoMatchingWorkloadsFound: code<{ labels: string }>({
    code: 'IST0127',
    name: 'NoMatchingWorkloadsFound',
    level: 'Warning',
    message: ({ labels }) => `No matching workloads for this resource with the following labels: ${labels}`,
    meaning: 'The policy applies to nothing.',
    fix: 'Compare the selector with the labels of the pods; only pods in the mesh count.',
  }),
  EnvoyFilterUsesRelativeOperation: code({
    code: 'IST0151',
    name: 'EnvoyFilterUsesRelativeOperation',
    level: 'Warning',
    message: () =>
      'This EnvoyFilter does not have a priority and has a relative patch operation set which can cause the EnvoyFilter not to be applied. Using the INSERT_FIRST of ADD option or setting the priority may help in ensuring the EnvoyFilter is applied correctly.',
    meaning: 'The patch depends on what another EnvoyFilter adds, and their order is not fixed.',
    fix: 'Set priority, or use INSERT_FIRST or ADD.',
  }),
  EnvoyFilterUsesReplaceOperationIncorrectly: code({
    code: 'IST0152',
    name: 'EnvoyFilterUsesReplaceOperationIncorrectly',
    level: 'Error',
    message: () => 'The REPLACE operation is only valid for HTTP_FILTER and NETWORK_FILTER.',
    meaning: 'The patch is ignored.',
    fix: 'Use MERGE, or patch a filter.',
  }),
  EnvoyFilterUsesAddOperationIncorrectly: code({
    code: 'IST0153',
    name: 'EnvoyFilterUsesAddOperationIncorrectly',
    level: 'Error',
    message: () => 'The ADD operation will be ignored when applyTo is set to ROUTE_CONFIGURATION, or HTTP_ROUTE.',
    meaning: 'The patch is ignored.',
    fix: 'Use MERGE or one of the INSERT operations.',
  }),
  EnvoyFilterUsesRemoveOperationIncorrectly: code({
    code: 'IST0154',
    name: 'EnvoyFilterUsesRemoveOperationIncorrectly',
    level: 'Error',
    message: () => 'The REMOVE operation will be ignored when applyTo is set to ROUTE_CONFIGURATION, or HTTP_ROUTE.',
    meaning: 'The patch is ignored.',
    fix: 'Patch what the route does with MERGE instead.',
  }),
  EnvoyFilterUsesRelativeOperationWithProxyVersion: code({
    code: 'IST0155',
    name: 'EnvoyFilterUsesRelativeOperationWithProxyVersion',
    level: 'Warning',
    message: () =>
      'This EnvoyFilter does not have a priority and has a relative patch operation (NSTERT_BEFORE/AFTER, REPLACE, MERGE, DELETE) and proxyVersion set which can cause the EnvoyFilter not to be applied during an upgrade. Using the INSERT_FIRST or ADD option or setting the priority may help in ensuring the EnvoyFilter is applied correctly.',
    meaning: 'The patch depends on a filter that only some proxy versions have.',
    fix: 'Set priority, or use INSERT_FIRST or ADD.',
  }),
  InvalidTelemetryProvider: code<{ name: string; namespace: string }>({
    code: 'IST0157',
    name: 'InvalidTelemetryProvider',
    level: 'Warning',
    message: ({ name, namespace }) =>
      `The Telemetry ${name} in namespace ${quoted(namespace)} with empty providers will be ignored.`,
    meaning: 'Neither the Telemetry nor the mesh config says where the log goes.',
    fix: 'Name a provider, or set defaultProviders.accessLogging in the mesh config.',
  }),
  ConflictingTelemetryWorkloadSelectors: code<{ telemetries: readonly string[]; namespace: string; pod: string }>({
    code: 'IST0159',
    name: 'ConflictingTelemetryWorkloadSelectors',
    level: 'Error',
    message: ({ telemetries, namespace, pod }) =>
      `The Telemetries ${goList(telemetries)} in namespace ${quoted(namespace)} select the same workload pod ${quoted(pod)}, which can lead to undefined behavior.`,
    meaning: 'A pod is configured by one Telemetry of its namespace only.',
    fix: 'Make the selectors exclude one another, or merge the Telemetries.',
  }),
  MultipleTelemetriesWithoutWorkloadSelectors: code<{ telemetries: readonly string[]; namespace: string }>({
    code: 'IST0160',
    name: 'MultipleTelemetriesWithoutWorkloadSelectors',
    level: 'Error',
    message: ({ telemetries, namespace }) =>
      `The Telemetries ${goList(telemetries)} in namespace ${quoted(namespace)} have no workload selector, which can lead to undefined behavior.`,
    meaning: 'Only one Telemetry can stand for a whole namespace: the oldest.',
    fix: 'Merge them into one.',
  }),
  IneffectivePolicy: code<{ reason: string }>({
    code: 'IST0167',
    name: 'IneffectivePolicy',
    level: 'Warning',
    message: ({ reason }) => `The policy has no impact: ${reason}.`,
    meaning: 'In ambient mode there are no sidecars that a Sidecar could configure.',
    fix: 'Delete it.',
  }),
  JwksUriFetchUnrestricted: code<{ count: number; names: string }>({
    code: 'IST0175',
    name: 'JwksUriFetchUnrestricted',
    level: 'Warning',
    message: ({ count, names }) =>
      `BLOCKED_CIDRS_IN_JWKS_URIS is not configured but ${count} RequestAuthentication resource(s) exist (${names}). Consider configuring it to restrict JWKS URI fetches to trusted networks.`,
    meaning: 'istiod fetches whatever address a jwksUri names, inside of the cluster as well.',
    fix: 'Set BLOCKED_CIDRS_IN_JWKS_URIS on istiod.',
  }),
};
