import type { Field } from '../../../kube/schema/field.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type Message, message, type Resource } from '../context.ts';
import { isControlPlane } from '../in-mesh.ts';

/** analyzers/deployment/pod.go */
export const applicationUser: Analyzer = {
  name: 'applicationUID.Analyzer',
  description: "Looks for applications that run as the sidecar's user",
  inputs: ['Pod', 'Deployment'],
  analyze: (context) => [
    ...context.all('Pod').flatMap((pod) => reserved(pod, pod.spec)),
    ...context.all('Deployment').flatMap((deployment) => reserved(deployment, deployment.spec.at('template', 'spec'))),
  ],
};

const own = ['istio-proxy', 'istio-operator'];

function reserved(resource: Resource, podSpec: Field): Message[] {
  if (isControlPlane(resource)) return [];
  const containers = podSpec.select('containers[]').filter((c) => !own.includes(c.get('name').text));
  return [podSpec, ...containers]
    .map((part) => part.at('securityContext', 'runAsUser'))
    .filter((user) => user.number === 1337)
    .map((field) => message(codes.InvalidApplicationUID, { resource, field }, {}));
}
