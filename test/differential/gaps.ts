import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Difference } from './compare.ts';

const gap = z.strictObject({
  id: z.string(),
  feature: z.string(),
  /** Regular expression of what differs, e.g. `^logs\.\d+\.received$`. */
  path: z.string(),
  /** Regular expressions of both values as JSON; default: any. */
  real: z.string().default(''),
  sim: z.string().default(''),
  /** Why it is left. */
  why: z.string(),
  /** Where Envoy does what the interpreter does not. */
  source: z.string().regex(/^(source|api)\/|^https:\/\//),
});

/** A known disagreement that is not mended. */
export type Gap = z.infer<typeof gap>;

/** More would no longer be exceptions (issue 5). */
const most = 10;

/** Reads gaps.yaml; throws when it is malformed or too long. */
export function readGaps(): Gap[] {
  return z
    .array(gap)
    .max(most)
    .parse(parse(readFileSync(join(import.meta.dirname, 'gaps.yaml'), 'utf8')) ?? []);
}

/** The gap that a difference belongs to. */
export const gapOf = (gaps: readonly Gap[], feature: string, { path, real, sim }: Difference): Gap | undefined =>
  gaps.find(
    (one) =>
      one.feature === feature &&
      new RegExp(one.path).test(path) &&
      new RegExp(one.real).test(JSON.stringify(real) ?? '') &&
      new RegExp(one.sim).test(JSON.stringify(sim) ?? ''),
  );
