import type { Await, Traffic } from '../lab/lab.ts';
import { actionName } from './do/act.ts';
import type { Phase, Plan, PlanStep } from './plan.ts';

/** A plan as text: what `--dry-run` shows instead of doing it. */
export function printPlan(plan: Plan): string {
  const head = `${plan.lab}: solution ${plan.solution} on ${plan.place}, ${plan.dataPlane}, seed ${plan.seed}`;
  return [head, ...plan.phases.flatMap(phaseLines)].map((line) => `${line}\n`).join('');
}

function phaseLines(phase: Phase): string[] {
  const { fails, holds, says } = phase.expect ?? { fails: [], holds: [] };
  return [
    '',
    `${phase.title}`,
    ...phase.steps.map((step) => `  ${say(step)}`),
    ...(fails.length > 0 ? [`  must fail: ${fails.join(', ')}${says === undefined ? '' : ` (“${says}”)`}`] : []),
    ...(holds.length > 0 ? [`  must hold: ${holds.join(', ')}`] : []),
  ];
}

type Sayers = { [K in PlanStep['do']]: (step: Extract<PlanStep, { do: K }>) => string };

const ids = (checks: readonly { id: string }[]) => checks.map(({ id }) => id).join(', ');

/** One entry per step; the executor's registry has the same keys. */
const sayers: Sayers = {
  open: ({ profile, dataPlane }) => `open a mesh with profile ${profile}, ${dataPlane}`,
  enrol: ({ namespaces, dataPlane }) => `enrol ${namespaces.join(', ') || 'no namespace'} for ${dataPlane}`,
  apply: ({ of, files }) =>
    `apply ${of}: ${files.map(({ path, objects }) => `${path} (${counted(objects.length)})`).join(', ')}`,
  act: ({ action }) =>
    `do ${actionName(action)} ${JSON.stringify(Object.values(action).find((value) => value !== undefined))}`,
  settle: ({ deadlineMs }) =>
    `settle within ${deadlineMs / 1000} s: pods ready, every proxy on the newest configuration`,
  await: ({ state }) => `wait for ${facts(state)} within ${state.withinMs / 1000} s`,
  remember: ({ checks }) => `remember what ${ids(checks)} compare with`,
  start: ({ traffic }) => `start ${trafficText(traffic)} beside the next steps`,
  stop: ({ traffic }) => `stop ${traffic}`,
  send: ({ traffic, checks, endWith }) =>
    `send ${trafficText(traffic)}, ${endText(traffic, endWith)}, for ${ids(checks)}`,
  judge: ({ checks }) => `judge ${ids(checks)}`,
  restore: () => 'restore the state of the apps, proved by its hash',
};

function say<K extends PlanStep['do']>(step: Extract<PlanStep, { do: K }>): string {
  return sayers[step.do as K](step);
}

const counted = (n: number) => (n === 1 ? '1 object' : `${n} objects`);

function trafficText({ id, from, request, unit, concurrency, rate }: Traffic): string {
  const how = [
    `${request.method} ${request.url} from ${from.app}.${from.namespace}`,
    ...(unit === 'connection' ? ['a new connection each'] : []),
    ...(concurrency > 1 ? [`${concurrency} at once`] : []),
    ...(rate === undefined ? [] : [`${rate}/s`]),
  ];
  return `${id} (${how.join(', ')})`;
}

function endText({ until, limit }: Traffic, endWith: readonly string[]): string {
  const most = limit.requests === undefined ? `${(limit.durationMs ?? 0) / 1000} s` : `${limit.requests} requests`;
  const end = until === 'decided' ? `until decided, at most ${most}` : most;
  return endWith.length > 0 ? `${end}, or until ${endWith.join(', ')} fails` : end;
}

const facts = ({ object, config, stats }: Await) => JSON.stringify(object ?? config ?? stats);
