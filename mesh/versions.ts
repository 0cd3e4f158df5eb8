/**
 * The only place for versions. Reports and receipts carry them.
 * Istio is what the golden data in test/golden/istiod were measured on; Envoy is what place `local` runs.
 */
export const versions = {
  istio: '1.32.0',
  envoy: '1.40.0',
  gatewayApi: '1.6.0',
  kubernetes: '1.33.0',
} as const;
