import { type ShareExpect, shareExpect } from '../lab/schema/expect.ts';
import type { Observation } from '../observe/observation.ts';
import type { CheckKind, ObservationEvidence } from './kind.ts';
import { sendOrder } from './order.ts';
import { type Design, shareDesign } from './share/design.ts';
import { fixedDesign, greatestBeta, rejects } from './share/fixed.ts';
import { shareInterval } from './share/interval.ts';
import { type Answer, type SplitRun, splitRun } from './share/sequential.ts';
import { oneIn, points } from './text.ts';
import type { Verdict } from './verdict.ts';

/** Confidence of the printed intervals. */
const intervalMiss = 1e-3;

export const share: CheckKind<ShareExpect, 'observations'> = {
  name: 'share',
  schema: shareExpect,
  needs: 'observations',
  describe: (expect) => {
    const total = Object.values(expect.of).reduce((sum, weight) => sum + weight, 0);
    const parts = Object.entries(expect.of).map(([name, weight]) => `${name} ${points(weight / total)}`);
    return `${parts.join(', ')} of the answers, by ${expect.by}`;
  },
  judge: (evidence, expect) => {
    const { kept, gap } = sendOrder(evidence.observations);
    const notes = gap === undefined ? [] : [`Observation ${gap} is missing: what was sent after it is not counted.`];
    const tell = evidence.sample === 'fixed' ? judgeFixed : judgeSequential;
    const verdict = tell({ evidence, expect, kept });
    const shows = verdict.verdict === 'failed' ? telling(kept, expect) : undefined;
    return { ...verdict, evidence: [...verdict.evidence, ...notes], ...(shows !== undefined && { shows }) };
  },
  enough: (expect) => {
    const run = splitRun(shareDesign(expect));
    return (next) => run.feed(answerOf(expect, next)) !== 'open';
  },
};

/** What an observation is for the split. Errors have no version and no pod; by status they are named by their kind. */
function answerOf(expect: ShareExpect, observation: Observation): Answer {
  const name =
    expect.by === 'status'
      ? (observation.status?.toString() ?? observation.error?.kind)
      : observation.error
        ? undefined
        : observation[expect.by];
  return name === undefined ? 'unknown' : { name };
}

/** An answer that shows why a split is wrong: one that could not be told, else one of what answered too often. */
function telling(kept: readonly Observation[], { of, ...expect }: ShareExpect): number | undefined {
  const answers = kept.map((observation) => ({ observation, answer: answerOf({ of, ...expect }, observation) }));
  const total = Object.values(of).reduce((sum, weight) => sum + weight, 0);
  const names = new Set(answers.flatMap(({ answer }) => (answer === 'unknown' ? [] : [answer.name])));
  const ofName = (name: string) => answers.filter(({ answer }) => answer !== 'unknown' && answer.name === name);
  const excess = (name: string) => ofName(name).length / kept.length - (of[name] ?? 0) / total;
  const [most] = [...names].sort((a, b) => excess(b) - excess(a));
  const shown = answers.find(({ answer }) => answer === 'unknown') ?? ofName(most ?? '')[0];
  return shown?.observation.index;
}

interface Sample {
  evidence: ObservationEvidence;
  expect: ShareExpect;
  kept: readonly Observation[];
}

function judgeSequential({ expect, kept }: Sample): Verdict {
  const design = shareDesign(expect);
  const run = splitRun(design);
  for (const observation of kept) if (run.feed(answerOf(expect, observation)) !== 'open') break;
  const count = tally(design, expect, kept.slice(0, run.n));
  const open = `Not decided after ${run.n} answers: the split is neither close enough nor far enough.`;
  return {
    verdict: run.state === 'open' ? 'undecided' : run.state,
    expected: `${share.describe(expect)} (sequential test)`,
    measured: count.said,
    evidence: [...(run.state === 'open' ? [open] : reason(run)), ...count.lines, errorRates(design, expect)],
    values: count.values,
  };
}

function judgeFixed({ expect, kept }: Sample): Verdict {
  const design = shareDesign(expect);
  const count = tally(design, expect, kept);
  const plan = fixedDesign(design, kept.length);
  const refused = plan.sides.find((side) => rejects(side, count.of(side.side.claim.name)));
  const bad = count.stranger ? [strangerLine(count.stranger)] : refused ? [sideLine(refused.side.claim.name)] : [];
  const weak = plan.beta > greatestBeta;
  const beta = `Fixed sample of ${kept.length}: a wrong split passes with probability ${plan.beta.toExponential(1)}`;
  return {
    verdict: bad.length > 0 ? 'failed' : weak ? 'undecided' : 'passed',
    expected: `${share.describe(expect)} (fixed sample)`,
    measured: count.said,
    evidence: [...bad, ...count.lines, weak ? `${beta}: too much to prove anything.` : `${beta}.`],
    values: count.values,
  };
}

const strangerLine = (name: string) => `${name} answered, which has no share.`;
const sideLine = (name: string) => `The share of ${name} is not what is expected.`;

function reason({ reason: why }: SplitRun): string[] {
  if (!why) return [];
  return [
    'stranger' in why
      ? strangerLine(why.stranger)
      : `The share of ${why.side.claim.name} is too ${why.side.side === 'above' ? 'high' : 'low'}.`,
  ];
}

function errorRates(design: Design, expect: ShareExpect): string {
  const off = design.claims.map((claim) => `${claim.name} by ${points(claim.deviation)} or more`).join(', ');
  return `Error rates: a right split fails at most once in ${oneIn(expect.alpha)}; a split that is off (${off}) passes at most once in ${oneIn(expect.beta)}.`;
}

function tally(design: Design, expect: ShareExpect, kept: readonly Observation[]) {
  const answers = kept.map((observation) => answerOf(expect, observation));
  const unknown = answers.filter((answer) => answer === 'unknown').length;
  const hits = (name: string) => answers.filter((answer) => answer !== 'unknown' && answer.name === name).length;
  const stranger = answers.find((answer) => answer !== 'unknown' && !design.names.includes(answer.name));
  const rows = design.names.map((name) => {
    const { low, high } = shareInterval({ hits: hits(name), unknown, n: kept.length }, intervalMiss);
    return { name, count: hits(name), part: kept.length ? hits(name) / kept.length : 0, low, high };
  });
  const line = (r: (typeof rows)[number]) =>
    `${r.name}: ${r.count} of ${kept.length} = ${points(r.part)}, 99.9 % interval ${points(r.low)} to ${points(r.high)}`;
  const none = `${unknown} of ${kept.length} answers could not be told apart (errors, or nothing names the ${expect.by}); each counts against the split.`;
  return {
    of: (name: string) => ({ hits: hits(name), unknown }),
    stranger: stranger === undefined || stranger === 'unknown' ? undefined : stranger.name,
    said: kept.length
      ? `${rows.map((r) => `${r.name} ${points(r.part)}`).join(', ')} of ${kept.length} answers`
      : 'No answers.',
    lines: [...rows.map(line), ...(unknown ? [none] : [])],
    values: Object.fromEntries(rows.map((r) => [r.name, r.part * 100])),
  };
}
