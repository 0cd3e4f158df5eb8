import { code, quoted } from '../code.ts';

/** Codes of any kind. Source of all codes, levels and wordings: istio pkg/config/analysis/msg/messages.yaml. */
export const general = {
  Deprecated: code<{ detail: string }>({
    code: 'IST0002',
    name: 'Deprecated',
    level: 'Warning',
    message: ({ detail }) => `Deprecated: ${detail}`,
    meaning: 'Something is used that Istio ignores or will remove.',
    fix: 'Use what the message names instead, or delete the field.',
  }),
  ReferencedResourceNotFound: code<{ type: string; name: string }>({
    code: 'IST0101',
    name: 'ReferencedResourceNotFound',
    level: 'Error',
    message: ({ type, name }) => `Referenced ${type} not found: ${quoted(name)}`,
    meaning: 'A name leads nowhere: the part of the configuration that uses it has no effect or answers 503.',
    fix: 'Correct the name or its namespace, or create what is missing.',
  }),
  SchemaValidationError: code<{ error: string }>({
    code: 'IST0106',
    name: 'SchemaValidationError',
    level: 'Error',
    message: ({ error }) => `Schema validation error: ${error}`,
    meaning: 'istiod refuses this object; in a cluster it could not be applied.',
    fix: 'Change the field that the message names.',
  }),
  SchemaWarning: code<{ warning: string }>({
    code: 'IST0133',
    name: 'SchemaWarning',
    level: 'Warning',
    message: ({ warning }) => `Schema validation warning: ${warning}`,
    meaning: 'istiod takes this object, but it probably does not do what was meant.',
    fix: 'Read the sentence as advice on the field it names.',
  }),
  NegativeConditionStatus: code<{ type: string; reason: string; message: string }>({
    code: 'IST0171',
    name: 'NegativeConditionStatus',
    level: 'Warning',
    message: ({ type, reason, message }) =>
      `A condition with a negative status is present: type=${type}, reason=${reason}, message=${message}.`,
    meaning: 'A controller wrote into the status that the object, or a part of it, is not in use.',
    fix: 'Do what the condition asks for.',
  }),
  InvalidWebhook: code<{ error: string }>({
    code: 'IST0139',
    name: 'InvalidWebhook',
    level: 'Error',
    message: ({ error }) => error,
    meaning: 'The injection webhooks do not fit together: pods get a sidecar twice or not at all.',
    fix: 'Keep one webhook for each revision, and point it at a control plane that is there.',
  }),
  InvalidExternalControlPlaneConfig: code<{ host: string; webhook: string; problem: string }>({
    code: 'IST0163',
    name: 'InvalidExternalControlPlaneConfig',
    level: 'Warning',
    message: ({ host, webhook, problem }) =>
      `The hostname (${host}) that was provided for the webhook (${webhook}) to reach the ingress gateway on the external control plane cluster ${problem}. Traffic may not flow properly.`,
    meaning: 'The API server cannot ask the control plane outside of the cluster.',
    fix: "Write the URL of the external control plane's ingress gateway into clientConfig.url.",
  }),
  ExternalControlPlaneAddressIsNotAHostname: code<{ host: string; webhook: string }>({
    code: 'IST0164',
    name: 'ExternalControlPlaneAddressIsNotAHostname',
    level: 'Info',
    message: ({ host, webhook }) =>
      `The address (${host}) that was provided for the webhook (${webhook}) to reach the ingress gateway on the external control plane cluster is an IP address. This is not recommended for a production environment.`,
    meaning: 'Certificates and moves of the gateway are harder with an address.',
    fix: 'Give the gateway a host name, and use it.',
  }),
  GatewayAPICRDVersionBelowMinimum: code<{ crd: string; installed: string; minimum: string }>({
    code: 'IST0176',
    name: 'GatewayAPICRDVersionBelowMinimum',
    level: 'Warning',
    message: ({ crd, installed, minimum }) =>
      `Gateway API CRD ${quoted(crd)} is at version ${quoted(installed)} but Istio requires at least ${quoted(minimum)}; resources of this kind will not be processed. Upgrade the Gateway API CRDs to satisfy the minimum version.`,
    meaning: 'istiod does not watch this kind at all.',
    fix: 'Apply the CRDs of a newer Gateway API release.',
  }),
};
