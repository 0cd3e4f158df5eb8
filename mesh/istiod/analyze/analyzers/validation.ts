import type { Finding } from '../../../kube/schema/field.ts';
import { Field } from '../../../kube/schema/field.ts';
import type { Ineffective, Unused } from '../../validate/unreachable.ts';
import { specFindings } from '../../validate/validate.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type InputKind, type Message, message, type Resource } from '../context.ts';

const kinds: InputKind[] = [
  'AuthorizationPolicy',
  'DestinationRule',
  'EnvoyFilter',
  'Gateway',
  'PeerAuthentication',
  'ProxyConfig',
  'RequestAuthentication',
  'ServiceEntry',
  'Sidecar',
  'Telemetry',
  'TrafficExtension',
  'VirtualService',
  'WasmPlugin',
  'WorkloadEntry',
  'WorkloadGroup',
];

/** What istiod's webhook would say, as messages: one analyzer for each kind (analyzers/schema/validation.go). */
export const validationAnalyzers: readonly Analyzer[] = kinds.map((kind) => ({
  name: `schema.ValidationAnalyzer.${kind}`,
  description: `Asks what istiod's webhook has against each ${kind}`,
  inputs: [kind],
  analyze: (context) => context.all(kind).flatMap(validate),
}));

/** Istio's analyzer passes name and namespace only, so rules about labels and annotations do not apply. */
function validate(resource: Resource): Message[] {
  const { namespace, name } = resource;
  const object = { ...resource.object, metadata: { name, namespace } };
  return specFindings(object).map((finding) => messageOf(finding, resource));
}

function messageOf(finding: Finding & { unreachable?: Unused | Ineffective }, resource: Resource): Message {
  const at = { resource, field: new Field(undefined, finding.path) };
  const { unreachable, message: text } = finding;
  if (!unreachable) {
    return finding.warning
      ? message(codes.SchemaWarning, at, { warning: text })
      : message(codes.SchemaValidationError, at, { error: text });
  }
  return 'reason' in unreachable
    ? message(codes.VirtualServiceUnreachableRule, at, { ...unreachable })
    : message(codes.VirtualServiceIneffectiveMatch, at, { ...unreachable });
}
