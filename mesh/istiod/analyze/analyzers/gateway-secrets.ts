import '../../ca/reflect.ts';
import { X509Certificate } from '@peculiar/x509';
import { fieldOf } from '../../../kube/schema/field.ts';
import { subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { labelsOf, selectorText } from '../selector.ts';

/** analyzers/gateway/secret.go */
export const gatewaySecrets: Analyzer = {
  name: 'gateway.SecretAnalyzer',
  description: 'Looks for credentials of Gateways that are missing, broken or out of date',
  inputs: ['Gateway', 'Pod', 'Secret'],
  analyze: (context) => context.all('Gateway').flatMap((resource) => credentialMessages(resource, context)),
};

/** The Secret stands in the namespace of the gateway's pods, not in that of the Gateway. */
function credentialMessages(resource: Resource, context: AnalysisContext): Message[] {
  const field = resource.spec.get('selector');
  const selector = labelsOf(field);
  const pod = context.all('Pod').find(({ labels }) => subsetOf(selector, labels));
  if (!pod) {
    const args = { type: 'selector', name: selectorText(selector) };
    return [message(codes.ReferencedResourceNotFound, { resource, field }, args)];
  }
  return resource.spec.select('servers[].tls.credentialName').flatMap((name): Message[] => {
    if (name.text === '') return [];
    const secret = context.find('Secret', name.text.includes('/') ? name.text : `${pod.namespace}/${name.text}`);
    const at = { resource, field: name };
    if (!secret) return [message(codes.ReferencedResourceNotFound, at, { type: 'credentialName', name: name.text })];
    if (isValid(secret, context.now)) return [];
    return [message(codes.InvalidGatewayCredential, at, { gateway: resource.name, namespace: pod.namespace })];
  });
}

const pairs = [
  ['cert', 'key'],
  ['tls.crt', 'tls.key'],
];

/** Its first pair that is there, in either of Istio's forms, has a certificate that is valid now. */
function isValid({ object }: Resource, now: number): boolean {
  const pair = pairs.find(([cert, key]) => textOf(object, cert) !== '' && textOf(object, key) !== '');
  if (!pair) return false;
  try {
    const certificate = new X509Certificate(textOf(object, pair[0]));
    return certificate.notBefore.getTime() <= now && now <= certificate.notAfter.getTime();
  } catch {
    return false;
  }
}

function textOf(object: Resource['object'], key = ''): string {
  const [data, plain] = [fieldOf(object).at('data', key).text, fieldOf(object).at('stringData', key).text];
  if (plain !== '') return plain;
  try {
    return atob(data);
  } catch {
    return '';
  }
}
