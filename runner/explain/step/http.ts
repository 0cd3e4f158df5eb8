import type { RejectedRoute } from '../../../mesh/envoy/types.ts';
import { isObject } from '../../../mesh/json.ts';
import type { Cause } from '../explanation.ts';
import { clusterInWords, filterInWords } from '../names.ts';
import { valueAt } from '../value-at.ts';
import { type EventOf, type Scene, step, type Tell } from './step.ts';

export const filter: Tell<'filter'> = (event, scene) => {
  const { filter: name, pointer, decision } = event;
  if (isNothing(decision)) return [];
  // A filter that tells its decision in words of its own is followed by what came of it.
  const before = scene.events[scene.events.indexOf(event) - 1];
  if (before?.kind === 'filter' && before.pointer === pointer && !isNothing(before.decision)) return [];
  return [
    step('filter', `${filterInWords(name)} ${decisionInWords(decision)}`, {
      outcome: /^(denies|refuses|aborts|answers [45])/.test(decision) ? 'failed' : 'passed',
      causes: filterCauses(event, scene),
    }),
  ];
};

const isNothing = (decision: string) => decision === 'continue' || decision === 'waits';

/** RBAC names its policy, which the cause tells better; that none matched means the opposite for ALLOW and DENY. */
const decisionInWords = (decision: string): string =>
  decision
    .replace(/^denies: no policy matched$/, 'denies: no rule of an ALLOW policy matches')
    .replace(/^allows: no policy matched$/, 'lets pass: no rule of a DENY policy matches')
    .replace(/: ns\[.*$/, ': this rule matches');

/** The rule that decided; else what the route says to the filter; else all that made the filter. */
function filterCauses({ pointer, decision }: EventOf<'filter'>, { causes, events }: Scene): Cause[] {
  const policy = /(ns\[.*)$/.exec(decision)?.[1];
  const route = events.findLast((e) => e.kind === 'route');
  const found = [
    policy === undefined ? [] : causes.of(`${pointer}/typedConfig/rules/policies/${escaped(policy)}`),
    route && /^(aborts|delays)/.test(decision) ? causes.within(`${route.pointer}/typedPerFilterConfig`) : [],
    causes.within(pointer),
  ];
  return found.find((list) => list.length > 0) ?? [];
}

const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');

export const route: Tell<'route'> = ({ table, virtualHost, route: name, pointer, rejected }, scene) => {
  // The one route of an inbound port decides nothing.
  if (table.startsWith('inbound|') && rejected.length === 0) return [];
  if (virtualHost === 'allow_any')
    return [step('virtual host', 'allow_any: none is for this host, and any may be called')];
  if (virtualHost === 'block_all')
    return [
      step('virtual host', 'block_all: none is for this host, and no other may be called (REGISTRY_ONLY)', {
        outcome: 'failed',
        causes: host(virtualHost, pointer, scene).causes,
      }),
    ];
  return [host(virtualHost, pointer, scene), ...rejected.map((r) => passedBy(r, scene)), chosen(name, pointer, scene)];
};

export const noRoute: Tell<'noRoute'> = ({ table, virtualHost, rejected }, scene) => {
  if (!virtualHost) return [step('virtual host', `none of route table ${table} has this host`, { outcome: 'failed' })];
  return [
    host(virtualHost, rejected[0]?.pointer ?? '', scene),
    ...rejected.map((r) => passedBy(r, scene)),
    step('route', 'none is left', { outcome: 'failed' }),
  ];
};

export const mirror: Tell<'mirror'> = ({ cluster }, { causes, events }) => {
  const chosen = events.find((e) => e.kind === 'route');
  const field = chosen ? causes.within(`${chosen.pointer}/route/requestMirrorPolicies`) : [];
  return [
    step('mirror', `a copy goes to ${clusterInWords(cluster) || cluster}; its answer is thrown away`, {
      causes: field,
    }),
  ];
};

/** Without a VirtualService the Service is the cause of its one route. */
function chosen(name: string, pointer: string, scene: Scene) {
  const causes = scene.causes.of(pointer);
  const isOwn = causes.every((cause) => cause.kind === 'Service' || cause.kind === 'ServiceEntry');
  const text = isOwn ? `${routeName(name)}: no VirtualService is for this` : `${routeName(name)} matches`;
  return step('route', `${text}${actionOf(pointer, scene)}`, { causes });
}

const routeName = (name: string) => (name === '' ? 'a route without a name' : name);

const host = (virtualHost: string, pointer: string, { causes }: Scene) =>
  step('virtual host', virtualHost, { causes: causes.of(pointer.replace(/\/routes\/\d+$/, '')) });

const passedBy = ({ name, pointer, reason }: RejectedRoute, { causes }: Scene) => {
  const match = causes.of(`${pointer}/match`);
  return step('route', `${routeName(name)} does not match: ${reasonInWords(reason)}`, {
    outcome: 'rejected',
    causes: match.length > 0 ? match : causes.of(pointer),
  });
};

const reasonInWords = (reason: string): string =>
  reason.replace('header :method', 'method').replace('header :authority', 'host');

/** What a route does other than to send on, which the steps after it tell. */
function actionOf(pointer: string, { causes }: Scene): string {
  const found = valueAt(causes.config, pointer);
  if (!isObject(found)) return '';
  if (found.redirect !== undefined) return ' and redirects';
  return found.directResponse === undefined ? '' : ' and answers itself';
}
