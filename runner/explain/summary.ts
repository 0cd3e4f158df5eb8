import type { Cause, Explanation, Hop, Step } from './explanation.ts';
import { objectAndPlace } from './names.ts';

/**
 * What decided, in sentences: for each client proxy which route sent where and why those before it did not, then what ended
 * the request where something did.
 */
export function summaryOf(hops: readonly Hop[], outcome: Explanation['outcome']): string[] {
  const failures = hops.flatMap((hop) => ended(hop, hop.steps));
  const error = outcome.error && failures.length === 0 ? [`${outcome.error.code}: ${outcome.error.message}`] : [];
  return [...failures, ...error, ...hops.flatMap(routed)];
}

/** `route split of VirtualService shop/customers (customers.yaml:12) sent this to v2; route debug did not match: header user is absent`. */
function routed({ role, steps }: Hop): string[] {
  if (role === 'server proxy' || role === 'app') return [];
  const chosen = steps.find((s) => s.topic === 'route' && s.outcome === 'passed');
  const [cause] = chosen?.causes ?? [];
  if (!chosen || !cause) return [];
  const rejected = steps.filter((s) => s.topic === 'route' && s.outcome === 'rejected');
  const others = rejected.map((s) => `route ${s.text.replace(' does not match', ' did not match')}`);
  return [[`${sentence(chosen, cause)} ${destination(steps)}`, ...others].join('; ')];
}

const sentence = (chosen: Step, cause: Cause) =>
  `route ${chosen.text.replace(/ matches.*$/, '')} of ${objectAndPlace(cause)}`;

function destination(steps: readonly Step[]): string {
  const cluster = steps.find((s) => s.topic === 'cluster');
  if (!cluster) return 'answered this';
  return `sent this to ${cluster.text.replace(/^[^:]*: /, '').replace(/[,;] (by chance|this proxy).*$/, '')}`;
}

/** The step that ended the request: the last that failed before the answer. */
function ended(hop: Hop, steps: readonly Step[]): string[] {
  const decisive = steps.filter((s) => s.outcome === 'failed' && s.topic !== 'answer' && s.topic !== 'attempt').at(-1);
  if (!decisive) return [];
  const objects = [...new Set(decisive.causes.map(objectAndPlace))];
  const because = objects.length > 0 ? `, because of ${objects.join(', ')}` : '';
  return [`the ${hop.role} of ${hop.place} ended it: ${decisive.topic} ${decisive.text}${because}`];
}
