import { isObject } from '../../json.ts';
import type { KubeObject } from '../objects.ts';
import { type Field, type Finding, fieldOf, type Rule } from './field.ts';

/** What the API server checks of built-in kinds beyond their schema, as far as labs meet it (pkg/apis/core/validation). */
const rules: { [kind: string]: Rule } = {
  'v1/Service': (object) => serviceRules(fieldOf(object).get('spec')),
  'v1/Pod': (object) => podRules(fieldOf(object).get('spec')),
  'apps/v1/Deployment': workloadRules,
  'apps/v1/ReplicaSet': workloadRules,
  'apps/v1/StatefulSet': workloadRules,
  'apps/v1/DaemonSet': workloadRules,
};

export const builtinRules: Rule = (object, previous) =>
  rules[`${object.apiVersion}/${object.kind}`]?.(object, previous) ?? [];

function serviceRules(spec: Field): Finding[] {
  const ports = spec.get('ports').items();
  const headless = spec.get('clusterIP').text === 'None' || spec.get('type').text === 'ExternalName';
  return [
    ...spec.get('ports').when(ports.length === 0 && !headless, 'Required value'),
    ...ports.flatMap((port) =>
      port.get('name').when(ports.length > 1 && port.get('name').text === '', 'Required value'),
    ),
    ...duplicates(ports.map((port) => port.get('name')).filter((name) => name.text !== '')),
    ...ports.flatMap((port) => portRange(port.get('port'))),
  ];
}

function portRange(port: Field): Finding[] {
  const wrong = port.present && (port.number < 1 || port.number > 65535);
  return port.when(wrong, `Invalid value: ${port.number}: must be between 1 and 65535, inclusive`);
}

function podRules(spec: Field): Finding[] {
  const containers = [...spec.get('initContainers').items(), ...spec.get('containers').items()];
  return [
    ...spec.get('containers').when(spec.get('containers').size === 0, 'Required value'),
    ...duplicates(containers.map((container) => container.get('name'))),
    ...containers.flatMap((container) => [
      ...container.get('image').when(container.get('image').text === '', 'Required value'),
      ...container
        .get('ports')
        .items()
        .flatMap((port) => portRange(port.get('containerPort'))),
    ]),
  ];
}

function duplicates(names: Field[]): Finding[] {
  const seen = new Set<string>();
  return names.flatMap((name) => {
    const again = seen.has(name.text);
    seen.add(name.text);
    return name.when(again, `Duplicate value: ${JSON.stringify(name.text)}`);
  });
}

function workloadRules(object: KubeObject, previous: KubeObject | undefined): Finding[] {
  const spec = fieldOf(object).get('spec');
  const labels = spec.at('template', 'metadata', 'labels');
  const selector = spec.get('selector');
  const differs = selector
    .get('matchLabels')
    .entries()
    .some(([key, value]) => labels.get(key).text !== value.text);
  const before = previous && fieldOf(previous).at('spec', 'selector').value;
  const changed = before !== undefined && JSON.stringify(before) !== JSON.stringify(selector.value);
  const shown = JSON.stringify(isObject(labels.value) ? labels.value : {});
  return [
    ...labels.when(differs, `Invalid value: ${shown}: \`selector\` does not match template \`labels\``),
    ...selector.when(changed, `Invalid value: ${JSON.stringify(selector.value)}: field is immutable`),
    ...podRules(spec.at('template', 'spec')),
  ];
}
