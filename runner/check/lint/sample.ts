import type { Problem } from '../../../mesh/problem.ts';
import type { Lab, TrafficCheck } from '../../lab/lab.ts';
import type { ShareExpect } from '../../lab/schema/expect.ts';
import { shareDesign } from '../share/design.ts';
import { fixedDesign, greatestBeta } from '../share/fixed.ts';
import { sampleSize } from '../share/sprt.ts';
import type { LintRule } from './rule.ts';

/** A share of a fixed sample is refused when a wrong share would pass more often than once in 1 000 (architecture.md section 7). */
export const sample: LintRule = {
  name: 'sample',
  problems: (lab) =>
    lab.checks
      .filter((check): check is TrafficCheck => check.needs === 'observations')
      .flatMap((check) => [...weak(lab, check), ...both(check)]),
};

function weak(lab: Lab, check: TrafficCheck): Problem[] {
  const { share } = check.expect;
  const source = lab.traffic[check.traffic];
  if (!share || !source) return [];
  if (source.until === 'decided') return capped(check, { share, cap: source.limit.requests ?? 0 });
  const n = source.limit.requests;
  const fix = 'Write `until: decided` in the traffic, or say in `deviation` which error must be found.';
  if (n === undefined)
    return [{ what: `The sample of \`${check.id}\` has no size, so its β is unknown.`, where: check.at, fix }];
  const { beta } = fixedDesign(shareDesign(share), n);
  if (beta <= greatestBeta) return [];
  const what = `With ${n} calls, \`${check.id}\` passes a wrong share with probability ${beta.toExponential(1)} (β).`;
  return [{ what, where: check.at, fix }];
}

/** A cap near the mean sample size ends right splits as undecided, which is not passed. */
function capped(check: TrafficCheck, { share, cap }: { share: ShareExpect; cap: number }): Problem[] {
  const n = Math.max(...shareDesign(share).sides.map(({ test }) => sampleSize(test)));
  if (cap >= 3 * n) return [];
  const what = `\`${check.id}\` needs about ${Math.round(n)} calls; a cap of ${cap} would leave right splits undecided.`;
  const fix = `Write \`atMost: ${Math.ceil((3 * n) / 1000) * 1000}\` in the traffic, or a greater \`deviation\`.`;
  return [{ what, where: check.at, fix }];
}

/** Two bounds in percent are a claim about a rate in disguise: without error rates, and so not allowed. */
function both(check: TrafficCheck): Problem[] {
  const { of } = check.expect;
  if (of?.atLeast === undefined || of.atMost === undefined) return [];
  return [
    {
      what: `\`${check.id}\` bounds a share from both sides without stating its errors.`,
      where: check.at,
      fix: 'Use expect.share, by status or version.',
    },
  ];
}
