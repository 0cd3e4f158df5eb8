import type { AllowedNamespaces, LabelSelector } from '../../model/kubernetes-gateway.ts';
import type { Labels } from '../../model/labels.ts';
import type { Namespaces } from '../service.ts';

/** Namespaces whose routes a listener takes; `*` for all (namespacesFromSelector in istio gateway/conversion.go). */
export function routeNamespaces(
  allowed: AllowedNamespaces | undefined,
  at: { own: string; namespaces: Namespaces },
): string[] {
  const from = allowed?.from ?? 'Same';
  if (from === 'Same') return [at.own];
  if (from === 'All' || !allowed?.selector) return ['*'];
  const { selector } = allowed;
  return [...at.namespaces]
    .filter(([name, { labels }]) => selects(selector, { ...labels, 'kubernetes.io/metadata.name': name }))
    .map(([name]) => name)
    .sort();
}

/** Whether a Gateway takes ListenerSets of a namespace: by default of none (NamespaceAcceptedByAllowListeners). */
export function takesListenersOf(
  allowed: AllowedNamespaces | undefined,
  of: { namespace: string; gateway: string; namespaces: Namespaces },
): boolean {
  if (allowed?.from === 'All') return true;
  if (allowed?.from === 'Same') return of.namespace === of.gateway;
  if (allowed?.from !== undefined && allowed.from !== 'Selector') return false;
  const labels = of.namespaces.get(of.namespace)?.labels;
  if (!allowed?.selector || !labels) return false;
  return selects(allowed.selector, { ...labels, 'kubernetes.io/metadata.name': of.namespace });
}

/** LabelSelectorAsSelector; one that is not valid selects nothing. */
function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  const exact = Object.entries(matchLabels ?? {}).every(([name, value]) => labels[name] === value);
  return exact && (matchExpressions ?? []).every((e) => fits(e, labels[e.key ?? '']));
}

function fits({ operator, values = [] }: { operator?: string; values?: string[] }, value: string | undefined): boolean {
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (operator === 'Exists') return value !== undefined;
  return operator === 'DoesNotExist' && value === undefined;
}
