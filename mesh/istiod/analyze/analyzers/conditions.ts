import { type Field, fieldOf } from '../../../kube/schema/field.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type InputKind, type Message, message, type Resource } from '../context.ts';

const bound = ['istio.io/WaypointBound'];
const attached = ['Accepted', 'Programmed', 'ResolvedRefs'];

/** Conditions that say `False` when something is wrong. */
const watched: [kind: InputKind, types: string[]][] = [
  ['Service', bound],
  ['ServiceEntry', bound],
  ['WorkloadEntry', bound],
  ['AuthorizationPolicy', ['ZtunnelAccepted', 'WaypointAccepted']],
  ['KubernetesGateway', attached],
  ['HTTPRoute', attached],
  ['GRPCRoute', attached],
];

/** analyzers/conditions/conditions.go */
export const conditions: Analyzer = {
  name: 'conditions.ConditionAnalyzer',
  description: 'Looks for conditions by which a controller refuses an object or a part of it',
  inputs: watched.map(([kind]) => kind),
  analyze: (context) =>
    watched.flatMap(([kind, types]) => context.all(kind).flatMap((resource) => negative(resource, types))),
};

function negative(resource: Resource, types: string[]): Message[] {
  const status = fieldOf(resource.object).get('status');
  const all = [...status.select('conditions[]'), ...status.select('parents[].conditions[]')];
  return all
    .filter((condition) => isNegative(condition, types))
    .map((field) => {
      const [type, reason, text] = ['type', 'reason', 'message'].map((name) => field.get(name).text);
      const args = { type: type ?? '', reason: reason ?? '', message: text ?? '' };
      return message(codes.NegativeConditionStatus, { resource, field }, args);
    });
}

/** A policy that a waypoint takes in part says so with the status `True`. */
function isNegative(condition: Field, types: string[]): boolean {
  const [type, status, reason] = ['type', 'status', 'reason'].map((name) => condition.get(name).text);
  const known = types.includes(type ?? '');
  return known && (status === 'False' || (type === 'WaypointAccepted' && reason === 'PartiallyInvalid'));
}
