import type { Explanation, Hop, Step } from './explanation.ts';
import { clusterInWords, objectAndPlace } from './names.ts';
import type { Sender } from './session.ts';

/**
 * What decided, in sentences: what ended the request where something did, then for each client proxy which route sent where
 * and why those before it did not.
 */
export function summaryOf({ request, outcome, hops }: Omit<Explanation, 'summary'>, sender: Sender): string[] {
  const own = hops.filter(({ note }) => note !== 'mirrored copy');
  const unproxied = sender.proxied ? [] : [`${request.from} has no proxy: what rules say to clients does not count`];
  const unknown = outcome.error?.code === 'ENOTFOUND' ? [unknownName(request.url)] : [];
  const plain = sender.proxied || isBad(outcome) ? [] : own.flatMap(takesPlaintext);
  return [...unknown, ...(isBad(outcome) ? ends(own) : []), ...ways(own), ...plain, ...unproxied];
}

/** Which way each client's proxy sent; who it was is told where there are several. */
function ways(hops: readonly Hop[]): string[] {
  const sent = hops.map((hop) => ({ place: hop.place, said: routed(hop) })).filter(({ said }) => said.length > 0);
  return sent.flatMap(({ place, said }) => (sent.length > 1 ? said.map((text) => `${place}: ${text}`) : said));
}

/** A server that lets in who shows no identity. */
function takesPlaintext(hop: Hop): string[] {
  const step = hop.steps.find((s) => s.topic === 'TLS' && s.text.startsWith('none: '));
  if (hop.role !== 'server proxy' || !step) return [];
  const nobody = step.causes.length > 0 ? '' : '; no PeerAuthentication says otherwise';
  return sentenceOf(hop, step).map((sentence) => sentence + nobody);
}

const isBad = ({ status = 0, error }: Explanation['outcome']) => error !== undefined || status >= 400;

const unknownName = (url: string): string =>
  `nobody knows the name ${new URL(url).hostname}: from here it is no Service and no host of a ServiceEntry`;

/** What tells most: a step that decided, two sides that do not agree, and only then that something failed. */
function ends(hops: readonly Hop[]): string[] {
  const first = hops.find(({ role }) => role !== 'app');
  const decided = hops.flatMap((hop) => sentenceOf(hop, decisive(hop)));
  const disagree = mismatch(hops);
  if (disagree.length > 0) return disagree;
  return decided.length > 0 || !first ? decided : sentenceOf(first, lastFailed(first));
}

/** The step that ended the request here, but for answers and single attempts, which only show that something did. */
const decisive = ({ steps }: Hop): Step | undefined =>
  steps.findLast((s) => s.outcome === 'failed' && s.topic !== 'answer' && s.topic !== 'attempt');

const lastFailed = ({ steps }: Hop): Step | undefined =>
  steps.findLast((s) => s.outcome === 'failed' && !s.text.endsWith(': direct_response'));

function sentenceOf({ role, place }: Hop, step: Step | undefined): string[] {
  if (!step) return [];
  const objects = [...new Set(step.causes.map(objectAndPlace))];
  const because = objects.length > 0 ? `; because of ${objects.join(', ')}` : '';
  return [`${role} of ${place}, ${step.topic}: ${step.text}${because}`];
}

/** Client and server that do not agree about TLS, if that was what failed. */
function mismatch([client, server]: readonly Hop[]): string[] {
  const sent = client?.steps.find((s) => s.topic === 'TLS' && s.text.startsWith('sent'));
  const takes = server?.steps.find((s) => /^none(: mutual TLS is off| takes plaintext)/.test(s.text));
  const failed = client?.steps.some((s) => s.topic === 'attempt' && s.outcome === 'failed');
  if (!client || !server || !sent || !takes || !failed) return [];
  return [...sentenceOf(client, sent), ...sentenceOf(server, takes)];
}

/** route `split` of VirtualService shop/customers (customers.yaml:12) sent this to v2; route `debug` did not match: header user is absent */
function routed({ role, steps }: Hop): string[] {
  if (role === 'server proxy' || role === 'app') return [];
  const rejected = steps.filter((s) => s.topic === 'route' && s.outcome === 'rejected');
  const others = rejected.map((s) => quoted(s).replace(' does not match', ' did not match'));
  const chosen = steps.find((s) => s.topic === 'route' && s.outcome === 'passed');
  const [cause] = (chosen ?? rejected[0])?.causes ?? [];
  const way = wayOf(steps);
  if (!cause) return way === undefined ? [] : [`no Service or rule is for this, so it went ${way}`];
  if (!chosen) return [`${objectAndPlace(cause)}: ${others.join('; ')}`];
  if (!chosen.text.includes(' matches')) return way ? [`no VirtualService is for this, so it went to ${way}`] : [];
  const route = `${quoted(chosen).replace(/ matches.*$/, '')} of ${objectAndPlace(cause)}`;
  return [[`${route} ${way ? `sent this to ${way}` : actionOf(chosen)}`, ...others].join('; ')];
}

const quoted = ({ text }: Step): string => text.replace(/^(?!a route)(\S+)(?= matches| does)/, 'route `$1`');

function wayOf(steps: readonly Step[]): string | undefined {
  const cluster = steps.find((s) => s.topic === 'cluster');
  const [name = ''] = /^[^:;, ]*/.exec(cluster?.text ?? '') ?? [];
  return cluster && (clusterInWords(name) || name);
}

/** Without a way to a cluster: what the route does itself, unless a filter was before it. */
function actionOf({ text }: Step): string {
  if (text.endsWith('redirects')) return 'redirects this';
  return text.endsWith('answers itself') ? 'answers this itself' : 'was chosen';
}
