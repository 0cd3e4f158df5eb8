import type { Condition } from '../kinds/pod.ts';

/** The condition over the present ones: lastTransitionTime moves only when the status changes. */
export function setCondition(present: readonly Condition[], next: Condition, now: string): Condition[] {
  const old = present.find((c) => c.type === next.type);
  const lastTransitionTime = old?.status === next.status ? (old.lastTransitionTime ?? now) : now;
  const condition = { ...next, lastTransitionTime };
  return old ? present.map((c) => (c.type === next.type ? condition : c)) : [...present, condition];
}

export const conditionOf = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((c) => c.type === type);
