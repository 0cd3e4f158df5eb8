import { isObject, type Json } from '../../json.ts';
import { badRequest } from '../errors.ts';
import type { KindRef, KubeObject } from '../objects.ts';

export type ObjectMatch = (object: KubeObject) => boolean;

/**
 * Fields that can be selected beside metadata.name and metadata.namespace, by kind
 * (kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors, "List of supported fields").
 */
const selectable: { [kind: string]: readonly string[] } = {
  'v1/Pod': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  'v1/Event': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  'v1/Secret': ['type'],
  'v1/Namespace': ['status.phase'],
  'v1/Node': ['spec.unschedulable'],
  'v1/Service': ['spec.clusterIP', 'spec.type'],
  'apps/v1/ReplicaSet': ['status.replicas'],
  'batch/v1/Job': ['status.successful'],
};

/** `metadata.name=x,status.phase!=Running`; empty matches everything. Throws ApiError 400, also for fields the kind does not offer. */
export function parseFieldSelector(text: string, kind: KindRef): ObjectMatch {
  const terms = text
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, { text, kind }));
  return (object) => terms.every((term) => term(object));
}

function parseTerm(term: string, of: { text: string; kind: KindRef }): ObjectMatch {
  const match = term.match(/^([^=!]+)(==|=|!=)(.*)$/);
  if (match === null) throw badRequest(`invalid selector: '${of.text}'; can't understand '${term}'`);
  const [, field = '', sign, wanted] = match;
  if (!isSelectable(field, of.kind)) throw badRequest(`field label not supported: ${field}`);
  const path = field.split('.');
  const zero = zeros[field] ?? '';
  return (object) => ((textAt(object, path) ?? zero) === wanted) === (sign !== '!=');
}

const isSelectable = (field: string, kind: KindRef) =>
  field === 'metadata.name' ||
  field === 'metadata.namespace' ||
  (selectable[`${kind.apiVersion}/${kind.kind}`] ?? []).includes(field);

/** Absent fields compare as Go's zero values: the empty text, except for these. */
const zeros: { [field: string]: string } = {
  'spec.hostNetwork': 'false',
  'spec.unschedulable': 'false',
  'status.replicas': '0',
  'status.successful': '0',
};

function textAt(object: KubeObject, path: readonly string[]): string | undefined {
  let value: Json | undefined = object as Json;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  return value === undefined || value === null ? undefined : String(value);
}
