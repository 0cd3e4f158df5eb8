import { fieldOf } from '../../../kube/schema/field.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type Message, message, type Resource } from '../context.ts';

/** Istio's pkg/config/schema/gatewayapi/minimumversions.go. */
const minimum: { [crd: string]: string } = {
  'grpcroutes.gateway.networking.k8s.io': '1.1.0',
  'backendtlspolicies.gateway.networking.k8s.io': '1.4.0',
  'tlsroutes.gateway.networking.k8s.io': '1.5.0',
  'tcproutes.gateway.networking.k8s.io': '1.6.0',
};
const bundle = 'gateway.networking.k8s.io/bundle-version';

/** analyzers/k8sgateway/crdversion.go */
export const gatewayApiVersions: Analyzer = {
  name: 'k8sgateway.CRDVersionAnalyzer',
  description: 'Looks for CRDs of Gateway API that are too old',
  inputs: ['CustomResourceDefinition'],
  analyze: (context) => context.all('CustomResourceDefinition').flatMap(versionMessages),
};

function versionMessages(resource: Resource): Message[] {
  const wanted = Object.hasOwn(minimum, resource.name) ? minimum[resource.name] : undefined;
  const [installed, ...parts] =
    /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(resource.annotations[bundle] ?? '') ?? [];
  if (!wanted || installed === undefined || !older(parts, wanted.split('.'))) return [];
  const field = fieldOf(resource.object).at('metadata', 'annotations', bundle);
  const args = { crd: resource.name, installed: installed.replace(/^v/, ''), minimum: wanted };
  return [message(codes.GatewayAPICRDVersionBelowMinimum, { resource, field }, args)];
}

function older(version: (string | undefined)[], than: string[]): boolean {
  const differing = than.findIndex((part, i) => Number(version[i] ?? 0) !== Number(part));
  return differing >= 0 && Number(version[differing] ?? 0) < Number(than[differing]);
}
