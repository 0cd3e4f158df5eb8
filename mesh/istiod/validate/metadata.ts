import type { KubeObject } from '../../kube/objects.ts';
import { type Finding, fieldOf } from '../../kube/schema/field.ts';

/** Annotations that only istiod itself may set (validateMetadata, pkg/config/constants). */
const internal: { [annotation: string]: string } = {
  'internal.istio.io/webhook-always-reject': 'rejecting',
  'internal.istio.io/parent-namespace': 'this may not be set by users',
  'internal.istio.io/parents': 'this may not be set by users',
};
const dryRun = 'istio.io/dry-run';
/** What Go's strconv.ParseBool takes. */
const booleans = ['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False'];

/** istiod looks at metadata first, and at nothing else when that is wrong. */
export function metadataFindings(object: KubeObject): Finding[] {
  const annotations = fieldOf(object).at('metadata', 'annotations');
  const wrong = dryRunError(object);
  if (wrong) return [annotations.get(dryRun).error(wrong)];
  return Object.entries(internal)
    .filter(([name]) => annotations.get(name).present)
    .map(([name, why]) => annotations.get(name).error(`"${name}" annotation found, ${why}`))
    .slice(0, 1);
}

/** Only an AuthorizationPolicy that allows or denies may be a dry run (checkDryRunAnnotation). */
function dryRunError(object: KubeObject): string | undefined {
  const { name, namespace = '', annotations } = object.metadata;
  const value = annotations?.[dryRun];
  if (value === undefined) return undefined;
  const called = `${namespace}/${name}`;
  if (object.kind !== 'AuthorizationPolicy') {
    return `${called} has unsupported annotation ${dryRun}, please remove the annotation`;
  }
  const action = fieldOf(object).at('spec', 'action').text || 'ALLOW';
  if (action !== 'ALLOW' && action !== 'DENY') {
    return `the annotation ${dryRun} currently only supports action ALLOW/DENY, found action ${action} in ${called}`;
  }
  if (booleans.includes(value)) return undefined;
  const why = `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
  return `${called} has annotation ${dryRun} with invalid value (${value}): ${why}`;
}
