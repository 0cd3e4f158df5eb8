import type { Field } from '../../../kube/schema/field.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type Message, message, type Resource } from '../context.ts';

/** analyzers/destinationrule/ca-certificates.go */
export const destinationRuleCertificates: Analyzer = {
  name: 'destinationrule.CaCertificateAnalyzer',
  description: 'Looks for TLS that does not verify the server',
  inputs: ['DestinationRule'],
  analyze: (context) => context.all('DestinationRule').flatMap(ruleMessages),
};

function ruleMessages(resource: Resource): Message[] {
  const { spec, namespace, fullName } = resource;
  const selected = spec.get('workloadSelector').present;
  const policy = spec.get('trafficPolicy');
  const args = (tls: Field) => ({ rule: fullName, namespace, mode: tls.get('mode').text, host: spec.get('host').text });
  const level = (tls: Field): Message[] => {
    const at = { resource, field: tls.get('caCertificates') };
    return unverified(tls, selected)
      ? [message(codes.NoServerCertificateVerificationDestinationLevel, at, args(tls))]
      : [];
  };
  const ports = policy.select('portLevelSettings[]').flatMap((setting): Message[] => {
    const tls = setting.get('tls');
    const at = { resource, field: tls.get('caCertificates') };
    // As Go prints the message of a port.
    const port = `number:${setting.at('port', 'number').number}`;
    return unverified(tls, selected)
      ? [message(codes.NoServerCertificateVerificationPortLevel, at, { ...args(tls), port })]
      : [];
  });
  return [...level(policy.get('tls')), ...ports];
}

/** A credential is read only for pods that the rule selects. */
function unverified(tls: Field, selected: boolean): boolean {
  const asked = ['SIMPLE', 'MUTUAL'].includes(tls.get('mode').text);
  const credential = tls.get('credentialName').text !== '' && selected;
  return asked && tls.get('caCertificates').text === '' && !credential;
}
