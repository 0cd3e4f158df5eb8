import { z } from 'zod';

const check = z.strictObject({
  id: z.string().describe('The check, as lab.yaml names it'),
  title: z.string(),
  verdict: z.enum(['passed', 'failed', 'undecided', 'error']),
  expected: z.string().describe('What must be true, one sentence'),
  measured: z.string().describe('What was seen, one sentence'),
  evidence: z.array(z.string()).describe('Details, one fact per line'),
});

const control = z.strictObject({
  check: z.string(),
  expected: z.enum(['failed', 'passed']).describe('What the check must say on the mesh without the solution'),
  verdict: z.enum(['passed', 'failed', 'undecided', 'error']),
  measured: z.string(),
  ok: z.boolean(),
});

const mutant = z.strictObject({
  id: z.string(),
  expected: z.string().describe('The check that must reject it, or `admission`'),
  rejectedBy: z.string().nullable().describe('What rejected it; null when nothing did'),
  measured: z.string(),
  ok: z.boolean(),
});

const milliseconds = z.number().nonnegative().describe('Milliseconds');

const timing = z.strictObject({
  durationMs: milliseconds,
  phases: z.array(z.strictObject({ id: z.string(), durationMs: milliseconds })),
  loopDelays: z
    .array(z.strictObject({ process: z.string(), p99Ms: milliseconds, maxMs: milliseconds }))
    .describe('Event-loop delays while traffic ran'),
});

const verdict = z.enum(['passed', 'failed', 'error', 'skipped']);

const run = z.strictObject({
  lab: z.string(),
  solution: z.string(),
  place: z.string().describe('sim, local, kind or context:NAME'),
  dataPlane: z.enum(['sidecar', 'ambient']),
  seed: z.number().int(),
  verdict,
  reason: z.string().optional().describe('Why, whenever the verdict is not `passed`'),
  checks: z.array(check),
  proof: z.strictObject({ controls: z.array(control), mutants: z.array(mutant) }).optional(),
  timing,
});

/**
 * The JSON report, `--json FILE`: a public contract. All that depends on the clock is inside `timing`, so that on `sim`
 * every other byte is equal for equal seeds.
 */
export const reportSchema = z.strictObject({
  schema: z.literal('mesh-labs/report/v1'),
  verdict: verdict.describe('failed when any run failed, else error, else passed; skipped when nothing could run'),
  versions: z.record(z.string(), z.string()).describe('mesh-labs and every component that ran'),
  runs: z.array(run),
  timing: z.strictObject({ startedAt: z.iso.datetime(), durationMs: milliseconds }),
});

export type Report = z.infer<typeof reportSchema>;
