import type { Field } from '../../../kube/schema/field.ts';
import { subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type Message, message, type Resource } from '../context.ts';
import { labelsOf } from '../selector.ts';

/** analyzers/gateway/certificate.go */
export const gatewayCertificates: Analyzer = {
  name: 'gateway.CertificateAnalyzer',
  description: 'Looks for one certificate in several Gateways of a workload',
  inputs: ['Gateway'],
  analyze: (context) =>
    context.all('Gateway').flatMap((resource) => context.all('Gateway').flatMap((other) => shared(resource, other))),
};

/** Told of the Gateway whose selector is contained in the other's. */
function shared(resource: Resource, other: Resource): Message[] {
  const [own, others] = [resource, other].map(({ spec }) => labelsOf(spec.get('selector')));
  if (resource === other || !subsetOf(own, others ?? {})) return [];
  const servers = other.spec.select('servers[].tls');
  return resource.spec
    .select('servers[].tls')
    .filter((tls) => servers.some((second) => same(tls, second)))
    .map((tls) => {
      const field = tls.get('credentialName').present ? tls.get('credentialName') : tls;
      const args = { gateways: [resource.fullName, other.fullName] };
      return message(codes.GatewayDuplicateCertificate, { resource, field }, args);
    });
}

/** Both from one Secret, or both from the same files. */
function same(a: Field, b: Field): boolean {
  const equal = (name: string) => a.get(name).text !== '' && a.get(name).text === b.get(name).text;
  const either = [a, b].some((tls) => tls.get('credentialName').text !== '');
  return either ? equal('credentialName') : equal('serverCertificate') && equal('privateKey');
}
