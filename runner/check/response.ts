import { type OfExpect, type ResponseExpect, responseExpect } from '../lab/schema/expect.ts';
import { fraction } from '../lab/schema/units.ts';
import type { Observation } from '../observe/observation.ts';
import type { CheckKind, ObservationEvidence } from './kind.ts';
import { type BoundPart, partsOf } from './part/registry.ts';
import { many } from './text.ts';
import type { CheckOutcome, Verdict } from './verdict.ts';

/** Above this delay of an event loop (99th percentile) a measured latency says nothing (architecture.md section 7). */
const greatestDelayMs = 50;

export const response: CheckKind<ResponseExpect, 'observations'> = {
  name: 'response',
  schema: responseExpect,
  needs: 'observations',
  describe: (expect) => {
    const says = partsOf(expect)
      .map((part) => part.describe())
      .join(', ');
    return `${says} on ${ofText(expect.of)}`;
  },
  judge: (evidence, expect) => {
    const parts = partsOf(expect);
    const disturbed = parts.some((part) => part.name === 'latency') ? noise(evidence) : [];
    const told = evidence.observations.map((observation) => ({ observation, holds: allHold(parts, observation) }));
    const yes = told.filter(({ holds }) => holds === true).length;
    const maybe = told.filter(({ holds }) => holds === undefined).length;
    const verdict = outcome({ yes, maybe, n: told.length }, expect.of);
    const others = told.filter(({ holds }) => holds !== true).map(({ observation }) => observation);
    // Too many that hold are shown by one that does.
    const shown = (others[0] ?? told[0]?.observation)?.index;
    return {
      verdict: disturbed.length > 0 ? 'error' : verdict,
      expected: response.describe(expect),
      measured: measured({ yes, n: told.length, parts, sample: verdict === 'passed' ? [] : others }),
      evidence: [...disturbed, ...groups(others, parts), ...(maybe ? [unknownLine(maybe)] : [])],
      ...(verdict === 'failed' && shown !== undefined && { shows: shown }),
    } satisfies Verdict;
  },
};

function ofText(of: OfExpect | undefined): string {
  if (!of) return 'every answer';
  const low = of.atLeast ?? of.min;
  const high = of.atMost ?? of.max;
  return [low !== undefined && `at least ${low}`, high !== undefined && `at most ${high}`]
    .filter(Boolean)
    .join(' and ');
}

/** false wins over unknown: an answer that has one part wrong is wrong, whatever the other parts were. */
function allHold(parts: readonly BoundPart[], observation: Observation): boolean | undefined {
  const results = parts.map((part) => part.matches(observation));
  return results.includes(false) ? false : results.includes(undefined) ? undefined : true;
}

/** The verdict for every number of holding answers between `yes` and `yes + maybe`; nothing observed is never a pass. */
function outcome({ yes, maybe, n }: { yes: number; maybe: number; n: number }, of: OfExpect | undefined): CheckOutcome {
  if (n === 0) return 'undecided';
  const low = Math.max(of?.min ?? 0, of ? fraction(of.atLeast ?? '0%') * n : n);
  const high = Math.min(of?.max ?? n, fraction(of?.atMost ?? '100%') * n);
  if (yes >= low && yes + maybe <= high) return 'passed';
  return yes + maybe < low || yes > high ? 'failed' : 'undecided';
}

function noise(evidence: ObservationEvidence): string[] {
  return evidence.delays
    .filter(({ p99Ms }) => p99Ms > greatestDelayMs)
    .map(({ process, p99Ms }) => `The event loop of ${process} was late by ${p99Ms.toFixed(0)} ms (99th percentile).`);
}

const unknownLine = (count: number) => `This place cannot tell it for ${many(count, 'answer')}.`;

/** One answer in a few words: status or error, then what the parts look at. */
function show(observation: Observation, parts: readonly BoundPart[]): string {
  const outcomeText =
    observation.status !== undefined ? `status ${observation.status}` : (observation.error?.kind ?? 'no answer');
  return [outcomeText, ...parts.flatMap((part) => part.show?.(observation) ?? [])].join(', ');
}

interface Measured {
  yes: number;
  n: number;
  parts: readonly BoundPart[];
  sample: readonly Observation[];
}

function measured({ yes, n, parts, sample }: Measured): string {
  if (n === 0) return 'No answers.';
  const first = sample[0];
  return `${yes} of ${many(n, 'answer')}${first ? `; first other: ${show(first, parts)}` : ''}`;
}

/** Answers that do not hold, alike ones together, the most frequent first, at most five lines. */
function groups(others: readonly Observation[], parts: readonly BoundPart[]): string[] {
  const byText = Map.groupBy(others, (observation) => show(observation, parts));
  const sorted = [...byText].sort(([, a], [, b]) => b.length - a.length);
  const lines = sorted.slice(0, 5).map(([text, [first, ...rest]]) => {
    const call = first ? `first is #${first.index} ${first.request.method} ${first.request.url}` : '';
    return `${rest.length + 1} × ${text}; ${call}`;
  });
  return sorted.length > 5 ? [...lines, `… and ${sorted.length - 5} more kinds`] : lines;
}
