import type { Field, Finding } from '../../kube/schema/field.ts';
import { crdSelector, selectorFindings } from './common.ts';
import { crdAtMostOne, crdRule } from './crd.ts';

/** `selector`, `targetRef` and `targetRefs`: what a policy is attached to. Rules of every CRD that has them. */
export function crdAttachment(spec: Field, selector = 'selector'): Finding[] {
  const namespaces = [spec.at('targetRef', 'namespace'), ...spec.select('targetRefs[].namespace')];
  return [
    ...crdAtMostOne(spec, [selector, 'targetRef', 'targetRefs'], `only one of targetRefs or ${selector} can be set`),
    ...crdSelector(spec.get('selector')),
    ...namespaces.flatMap((field) =>
      crdRule(field, field.text !== '', 'cross namespace referencing is not currently supported'),
    ),
  ];
}

/** pkg/config/validation/validation.go: validateOneOfSelectorType, validateWorkloadSelector, validatePolicyTargetReference(s). */
export function attachmentFindings(spec: Field): Finding[] {
  const [selector, ref, refs] = ['selector', 'targetRef', 'targetRefs'].map((name) => spec.get(name));
  const set = [selector?.present, ref?.present, (refs?.size ?? 0) > 0].filter(Boolean).length;
  return [
    ...spec.when(set > 1, 'only one of targetRefs or workloadSelector can be set'),
    ...selectorFindings(spec.get('selector')),
    ...[spec.get('targetRef'), ...spec.get('targetRefs').items()].flatMap(targetFindings),
  ];
}

const allowed = [
  'core/v1/Service',
  'networking.istio.io/v1/ServiceEntry',
  'gateway.networking.k8s.io/v1/Gateway',
  'gateway.networking.k8s.io/v1/GatewayClass',
];

function targetFindings(ref: Field): Finding[] {
  if (!ref.present) return [];
  const [group, kind] = [ref.get('group').text, ref.get('kind').text];
  const known = allowed.some((name) => name.startsWith(`${group || 'core'}/`) && name.endsWith(`/${kind}`));
  const crossNamespace = 'targetRef namespace must not be set; cross namespace referencing is not supported';
  return [
    ...ref.when(ref.get('name').text === '', 'targetRef name must be set'),
    ...ref.get('namespace').when(ref.get('namespace').text !== '', crossNamespace),
    ...ref.when(!known, `targetRef must be to one of [${allowed.join(' ')}] but was ${group}/${kind}`),
  ];
}

/** CEL rules of `workloadSelector.labels`, the older form of a selector. */
export const crdWorkloadSelector = (spec: Field): Finding[] =>
  spec
    .at('workloadSelector', 'labels')
    .entries()
    .flatMap(([, value]) => crdRule(value, value.text.includes('*'), 'wildcard is not supported in selector'));

/** ValidateAlphaWorkloadSelector. With an error, istiod looks at nothing else; `prefix` starts its warning. */
export function workloadSelectorFindings(spec: Field, prefix: string): Finding[] {
  const selector = spec.get('workloadSelector');
  if (!selector.present) return [];
  const labels = selector.get('labels');
  const errors = labels.entries().flatMap(([key, value]) => {
    const shown = JSON.stringify(`${key}=${value.text}`);
    return [
      ...value.when(key === '', `empty key is not supported in selector: ${shown}`),
      ...value.when(`${key}${value.text}`.includes('*'), `wildcard is not supported in selector: ${shown}`),
    ];
  });
  const all = `${prefix}: workload selector specified without labels, will be applied to all services in namespace`;
  return errors.length === 0 && labels.size === 0 ? [selector.warn(all)] : errors;
}
