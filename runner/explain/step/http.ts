import type { RejectedRoute } from '../../../mesh/envoy/types.ts';
import { clusterInWords, filterInWords } from '../names.ts';
import { type Scene, step, type Tell } from './step.ts';

export const filter: Tell<'filter'> = ({ filter: name, pointer, decision }, { causes }) => {
  if (decision === 'continue' || decision === 'waits') return [];
  const policy = /(ns\[.*)$/.exec(decision)?.[1];
  const of = policy === undefined ? undefined : causes.of(`${pointer}/typedConfig/rules/policies/${escaped(policy)}`);
  const failed = /^(denies|refuses|answers [45])/.test(decision);
  const all = causes.within(pointer);
  return [
    step('filter', `${filterInWords(name)} ${decision.replace(/: ns\[.*$/, '')}`, {
      outcome: failed ? 'failed' : 'passed',
      causes: of && of.length > 0 ? of : all.length > 0 ? all : causes.around(pointer),
    }),
  ];
};

const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');

export const route: Tell<'route'> = ({ table, virtualHost, route: name, pointer, rejected }, scene) => {
  const { causes } = scene;
  // The one route of an inbound port decides nothing.
  if (table.startsWith('inbound|') && rejected.length === 0) return [];
  return [
    host(virtualHost, pointer, scene),
    ...rejected.map((r) => passedBy(r, scene)),
    step('route', `${routeName(name)} matches${actionOf(pointer, scene)}`, { causes: causes.of(pointer) }),
  ];
};

export const noRoute: Tell<'noRoute'> = ({ table, virtualHost, rejected }, scene) => {
  if (!virtualHost) return [step('virtual host', `none of route table ${table} has this host`, { outcome: 'failed' })];
  return [
    step('virtual host', virtualHost),
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

const routeName = (name: string) => (name === '' ? 'a route without a name' : name);

const host = (virtualHost: string, pointer: string, { causes }: Scene) =>
  step('virtual host', virtualHost, { causes: causes.of(pointer.replace(/\/routes\/\d+$/, '')) });

const passedBy = ({ name, pointer, reason }: RejectedRoute, { causes }: Scene) => {
  const match = causes.of(`${pointer}/match`);
  return step('route', `${routeName(name)} does not match: ${reason}`, {
    outcome: 'rejected',
    causes: match.length > 0 ? match : causes.of(pointer),
  });
};

/** What a route does other than to send on, which the steps after it tell. */
function actionOf(pointer: string, { causes, events }: Scene): string {
  if (causes.within(`${pointer}/redirect`).length > 0) return ' and redirects';
  return events.some((e) => e.kind === 'cluster') ? '' : ' and answers itself';
}
