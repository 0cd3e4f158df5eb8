import { createMeshSim } from '../../mesh/envoy/mesh-sim.ts';
import { isObject, type Json, type JsonObject } from '../../mesh/json.ts';
import type { Case, Feature } from './feature.ts';
import { type CaseResult, runCases } from './run-feature.ts';

/** Runs of a smaller case; each starts its Envoys anew, which takes about a second. */
const attempts = 20;

/**
 * Tries to find a smaller case that still disagrees: the request alone that differed, then without one part of its
 * objects after the other. What is refused, or agrees, is not smaller but different.
 */
export async function shrink(feature: Feature, found: CaseResult, seed: number): Promise<CaseResult> {
  let best = found;
  let left = attempts;
  const attempt = async (smaller: Case): Promise<boolean> => {
    left--;
    const result = await differs(feature, { ...best, case: smaller }, seed);
    if (!result || !sameKind(result, found)) return false;
    best = result;
    return true;
  };
  const [first] = found.differences;
  const alone = found.case.requests.flat()[first?.request ?? -1];
  if (alone && !found.case.spread) await attempt({ ...best.case, requests: [alone] });
  for (let at = 0; left > 0; ) {
    const smaller = withoutPart(best.case.objects, at);
    if (!smaller) break;
    if (!(await attempt({ ...best.case, objects: smaller }))) at++;
  }
  return best;
}

/** Not just any disagreement: one that the found one has as well. */
const sameKind = (smaller: CaseResult, found: CaseResult): boolean => {
  const kind = ({ path, real, sim }: CaseResult['differences'][number]) => JSON.stringify([path, real, sim]);
  const known = new Set(found.differences.map(kind));
  return smaller.differences.some((d) => d.request < 0 || known.has(kind(d)));
};

async function differs(
  feature: Feature,
  { slot, case: of }: CaseResult,
  seed: number,
): Promise<CaseResult | undefined> {
  try {
    const [results] = await runCases(feature, [{ slot, case: of }], { seed, interpreters: [createMeshSim] });
    return results?.find((result) => result.differences.length > 0);
  } catch {
    // Refused: not a case.
    return undefined;
  }
}

/** The objects without their n-th part: an item of a list that has others, or a field. Undefined when there is none. */
function withoutPart(objects: readonly JsonObject[], n: number): JsonObject[] | undefined {
  const copy = structuredClone(objects) as JsonObject[];
  const parts = copy.flatMap((object) => partsOf(object.spec));
  const part = parts[n];
  part?.();
  return part && copy;
}

/** What removes each part, outer ones first. */
function partsOf(value: Json | undefined): (() => void)[] {
  if (Array.isArray(value)) {
    const items = value.length > 1 ? value.map((item) => () => void value.splice(value.indexOf(item), 1)) : [];
    return [...items, ...value.flatMap(partsOf)];
  }
  if (!isObject(value)) return [];
  const fields = Object.keys(value).filter((key) => key !== 'hosts');
  const removals = fields.map((key) => () => {
    delete value[key];
  });
  return [...removals, ...fields.flatMap((key) => partsOf(value[key]))];
}
