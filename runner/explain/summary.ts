import type { Explanation, Hop, Step } from './explanation.ts';
import { clusterInWords, objectAndPlace } from './names.ts';

/**
 * What decided, in sentences: for each client proxy which route sent where and why those before it did not, then what ended
 * the request where something did.
 */
export function summaryOf(hops: readonly Hop[], outcome: Explanation['outcome']): string[] {
  const failures = hops.filter(({ note }) => note !== 'mirrored copy').flatMap(ended);
  const error = outcome.error && failures.length === 0 ? [`${outcome.error.code}: ${outcome.error.message}`] : [];
  return [...failures, ...error, ...hops.flatMap(routed)];
}

/** `route split of VirtualService shop/customers (customers.yaml:12) sent this to v2; route debug did not match: header user is absent`. */
function routed({ role, steps }: Hop): string[] {
  if (role === 'server proxy' || role === 'app') return [];
  const chosen = steps.find((s) => s.topic === 'route' && s.outcome === 'passed');
  const [cause] = chosen?.causes ?? [];
  if (!chosen || !cause) return [];
  const way = wayOf(steps);
  if (!chosen.text.includes(' matches')) return way ? [`no VirtualService is for this, so it went to ${way}`] : [];
  const rejected = steps.filter((s) => s.topic === 'route' && s.outcome === 'rejected');
  const others = rejected.map((s) => `route ${s.text.replace(' does not match', ' did not match')}`);
  const route = `route ${chosen.text.replace(/ matches.*$/, '')} of ${objectAndPlace(cause)}`;
  return [[`${route} ${way ? `sent this to ${way}` : actionOf(chosen, steps)}`, ...others].join('; ')];
}

function wayOf(steps: readonly Step[]): string | undefined {
  const cluster = steps.find((s) => s.topic === 'cluster');
  const [name = ''] = /^[^:;,]*/.exec(cluster?.text ?? '') ?? [];
  return cluster && (clusterInWords(name) || name);
}

function actionOf({ text }: Step, steps: readonly Step[]): string {
  if (text.endsWith('redirects')) return 'redirects this';
  return steps.some((s) => s.topic === 'filter' && s.outcome === 'failed') ? 'was chosen' : 'answers this itself';
}

const direct = /: direct_response$/;

/** The step that ended the request: the last that failed, the answer and single attempts only when there is nothing better. */
function ended(hop: Hop): string[] {
  const failed = hop.steps.filter((s) => s.outcome === 'failed');
  const decisive =
    failed.findLast((s) => s.topic !== 'answer' && s.topic !== 'attempt') ??
    failed.findLast((s) => s.topic === 'answer' && !direct.test(s.text)) ??
    failed.at(-1);
  if (!decisive || direct.test(decisive.text) || hop.role === 'app') return [];
  const objects = [...new Set(decisive.causes.map(objectAndPlace))];
  const because = objects.length > 0 ? `; because of ${objects.join(', ')}` : '';
  return [`${hop.role} of ${hop.place}, ${decisive.topic}: ${decisive.text}${because}`];
}
