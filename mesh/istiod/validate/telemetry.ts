import type { Field, Finding } from '../../kube/schema/field.ts';
import { attachmentFindings, crdAttachment } from './attachment.ts';
import { celError } from './cel.ts';
import { crdRule } from './crd.ts';
import { crdDuration } from './duration.ts';

const tagsOf = (spec: Field): Field[] =>
  spec.select('metrics[].overrides[].tagOverrides').flatMap((tags) => tags.entries().map(([, tag]) => tag));

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export const telemetryCrd = (spec: Field): Finding[] => [
  ...crdAttachment(spec),
  ...tagsOf(spec).flatMap((tag) => {
    const [operation, value] = [tag.get('operation').text, tag.get('value')];
    return [
      // `self.value != ""` also fails where there is no value.
      ...crdRule(tag, operation === 'UPSERT' && value.text === '', 'value must be set when operation is UPSERT'),
      ...crdRule(tag, operation === 'REMOVE' && value.present, 'value must not be set when operation is REMOVE'),
    ];
  }),
  ...spec.select('metrics[].reportingInterval').flatMap(crdDuration),
];

/** pkg/config/validation/validation.go, ValidateTelemetry. */
export const telemetryWebhook = (spec: Field): Finding[] => [
  ...attachmentFindings(spec),
  ...metricsFindings(spec),
  ...tracingFindings(spec.get('tracing')),
  ...spec.select('accessLogging[]').flatMap((log) => [...filterFindings(log.get('filter')), ...providers(log)]),
];

/** istiod names the first provider without a name. */
const providers = (part: Field): Finding[] =>
  part
    .select('providers[]')
    .filter((provider) => provider.get('name').text === '')
    .slice(0, 1)
    .map((provider) => provider.error('providers.name may not be empty'));

function filterFindings(filter: Field): Finding[] {
  if (!filter.present) return [];
  const expression = filter.get('expression');
  const wrong = celError(expression.text);
  return wrong ? [expression.error(`must be a valid CEL expression, ${wrong}`)] : [];
}

function metricsFindings(spec: Field): Finding[] {
  const custom = spec.select('metrics[].overrides[].match.customMetric');
  return [
    ...spec.select('metrics[]').flatMap(providers),
    ...tagsOf(spec).flatMap(tagFindings),
    ...custom.flatMap((name) => name.when(name.text === '', 'customMetric may not be empty')),
  ];
}

/** UPSERT unless said otherwise. */
function tagFindings(tag: Field): Finding[] {
  const value = tag.get('value');
  if (tag.get('operation').text === 'REMOVE') {
    return value.when(value.text !== '', 'tagOverrides.value may only be set when operation is UPSERT');
  }
  const name = tag.path.at(-1) === '' ? [tag.warn('tagOverrides.name may not be empty')] : [];
  return [...name, ...tag.when(value.text === '', 'tagOverrides.value must be set when operation is UPSERT')];
}

function tracingFindings(tracing: Field): Finding[] {
  const several = tracing.size > 1 ? [tracing.warn('multiple tracing is not currently supported')] : [];
  return [...several, ...tracing.items().flatMap(traceFindings)];
}

function traceFindings(trace: Field): Finding[] {
  const [names, sampling] = [trace.get('providers'), trace.get('randomSamplingPercentage')];
  const outside = sampling.number < 0 || sampling.number > 100;
  return [
    ...(names.size > 1 ? [names.warn('multiple providers is not currently supported')] : []),
    ...providers(trace),
    ...sampling.when(outside, 'randomSamplingPercentage must be in range [0.0, 100.0]'),
    ...trace
      .get('customTags')
      .entries()
      .flatMap(([name, tag]) => [...tag.when(name === '', 'tag name may not be empty'), ...customTag(tag)]),
  ];
}

const tagTypes: [type: string, field: string, words: string][] = [
  ['literal', 'value', 'literal tag value may not be empty'],
  ['header', 'name', 'header tag name may not be empty'],
  ['environment', 'name', 'environment tag name may not be empty'],
];

const customTag = (tag: Field): Finding[] =>
  tagTypes.flatMap(([type, field, words]) =>
    tag.get(type).when(tag.get(type).present && tag.at(type, field).text === '', words),
  );
