import { type Field, fieldOf } from '../../../kube/schema/field.ts';
import { isIp } from '../../validate/names.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type Message, message, type Resource } from '../context.ts';

/** analyzers/externalcontrolplane/externalcontrolplane.go */
export const externalControlPlane: Analyzer = {
  name: 'externalcontrolplane.ExternalControlPlaneAnalyzer',
  description: 'Looks for webhooks that do not reach a control plane outside of the cluster',
  inputs: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  analyze: (context) => [
    ...context
      .all('ValidatingWebhookConfiguration')
      .filter(({ name }) => name === 'istiod-default-validator' || name.startsWith('istio-validator'))
      .flatMap(hookMessages),
    ...context
      .all('MutatingWebhookConfiguration')
      .filter(({ name }) => name.startsWith('istio-sidecar-injector'))
      .flatMap(hookMessages),
  ],
};

const hookMessages = (resource: Resource): Message[] =>
  fieldOf(resource.object)
    .select('webhooks[]')
    .flatMap((hook) => urlMessages(resource, hook));

function urlMessages(resource: Resource, hook: Field): Message[] {
  const client = hook.get('clientConfig');
  const [url, webhook] = [client.get('url'), hook.get('name').text];
  const wrong = (problem: string) => [
    message(codes.InvalidExternalControlPlaneConfig, { resource, field: client }, { host: url.text, webhook, problem }),
  ];
  if (!url.present) return client.get('service').present ? [] : wrong('is blank');
  const host = hostOf(url.text);
  if (host === undefined) return wrong('was provided in an invalid format');
  const args = { host: url.text, webhook };
  return isIp(host) ? [message(codes.ExternalControlPlaneAddressIsNotAHostname, { resource, field: url }, args)] : [];
}

/** Undefined where it is no URL. Go also takes what has no scheme. */
function hostOf(text: string): string | undefined {
  try {
    return new URL(text.includes('://') ? text : `https://host/${text}`).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return undefined;
  }
}
