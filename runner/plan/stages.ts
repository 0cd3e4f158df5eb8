import type { Check, DataPlane, Lab, ManifestFile, Step, Traffic } from '../lab/lab.ts';
import { meansCheck, type PlanStep, settleDeadlineMs } from './plan.ts';

/** What a pass through the lab's steps applies and which of its checks matter. */
export interface Pass {
  /** Says whose files these are: `solution virtual-service`, `mutant swapped`. */
  of: string;
  files: { readonly [step: string]: readonly ManifestFile[] };
  dataPlane: DataPlane;
  /** Judge only what this names, as a mutant does (`admission`: nothing); all when absent. */
  only?: string;
}

/** The lab's steps, once through. With `only`, it ends after the last step that judges that check. */
export function stages(lab: Lab, pass: Pass): PlanStep[] {
  const wanted = lab.steps.map((step) => wantedChecks(step, pass));
  const named = wanted.findLastIndex((checks) => checks.length > 0);
  const last = named === -1 ? wanted.length - 1 : named;
  return lab.steps.slice(0, last + 1).flatMap((step, i) => stage(lab, { step, checks: wanted[i] ?? [], pass }));
}

const wantedChecks = (step: Step, { only, dataPlane }: Pass) =>
  step.checks.filter(
    (check) => check.dataPlanes.includes(dataPlane) && (only === undefined || meansCheck(only, check)),
  );

/** One step, in the order that the lab format promises (runner/lab/lab.ts, Step). */
function stage(lab: Lab, { step, checks, pass }: { step: Step; checks: readonly Check[]; pass: Pass }): PlanStep[] {
  const started = (id: string): PlanStep[] => {
    const traffic = lab.traffic[id];
    return traffic ? [{ do: 'start', traffic }] : [];
  };
  return [
    ...(checks.some(comparesWithBefore)
      ? [{ do: 'remember' as const, checks: checks.filter(comparesWithBefore) }]
      : []),
    ...step.during.flatMap(started),
    ...step.actions.map((action) => ({ do: 'act' as const, action })),
    ...apply(`step ${step.id}`, step.apply),
    ...apply(pass.of, pass.files[step.id] ?? []),
    { do: 'settle', deadlineMs: settleDeadlineMs },
    ...step.await.map((state) => ({ do: 'await' as const, state })),
    ...sends(lab, checks, pass),
    ...step.stop.map((traffic) => ({ do: 'stop' as const, traffic })),
    ...(checks.length > 0 ? [{ do: 'judge' as const, checks }] : []),
  ];
}

const apply = (of: string, files: readonly ManifestFile[]): PlanStep[] =>
  files.length > 0 ? [{ do: 'apply', of, files }] : [];

/** One traffic serves every check on it; background traffic runs already. */
function sends(lab: Lab, checks: readonly Check[], pass: Pass): PlanStep[] {
  const byTraffic = new Map<Traffic, Check[]>();
  for (const check of checks) {
    const traffic = check.needs === 'observations' ? lab.traffic[check.traffic] : undefined;
    if (!traffic || traffic.until === 'stopped') continue;
    byTraffic.set(traffic, [...(byTraffic.get(traffic) ?? []), check]);
  }
  return [...byTraffic].map(([traffic, served]) => ({
    do: 'send',
    traffic,
    checks: served.concat(statistical(lab, { traffic, served, pass })),
    endWith: pass.only === undefined ? [] : served.map((check) => check.id),
  }));
}

/** A traffic `until: decided` ends by its statistical checks, also where a mutant asks only for another check on it. */
function statistical(lab: Lab, { traffic, served, pass }: { traffic: Traffic; served: Check[]; pass: Pass }): Check[] {
  if (traffic.until !== 'decided') return [];
  return lab.checks.filter(
    (check) =>
      check.needs === 'observations' &&
      check.traffic === traffic.id &&
      check.expect.share !== undefined &&
      check.dataPlanes.includes(pass.dataPlane) &&
      !served.includes(check),
  );
}

const comparesWithBefore = (check: Check) =>
  (check.needs === 'objects' && check.object.unchanged !== undefined) ||
  (check.needs === 'stats' && check.stats.increase !== undefined);
