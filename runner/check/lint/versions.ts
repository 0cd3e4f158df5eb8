import type { Problem } from '../../../mesh/problem.ts';
import type { Lab, TrafficCheck } from '../../lab/lab.ts';
import { suggestion } from '../../lab/nearest.ts';
import type { LintRule } from './rule.ts';

/** A version that a check names can be read from the answers of the app that is called. */
export const identified: LintRule = {
  name: 'versions',
  problems: (lab) =>
    lab.checks
      .filter((check): check is TrafficCheck => check.needs === 'observations')
      .flatMap((check) => unknown(lab, check)),
};

function unknown(lab: Lab, check: TrafficCheck): Problem[] {
  const { share, version } = check.expect;
  const names = [
    ...(share?.by === 'version' ? Object.keys(share.of) : []),
    ...(version === undefined ? [] : [version]),
  ];
  if (names.length === 0) return [];
  const owner = lab.apps.find((app) => app.name === lab.traffic[check.traffic]?.answeredBy);
  if (!owner)
    return [
      {
        what: `Nobody knows which app answers the traffic of \`${check.id}\`, so no version can be read.`,
        where: check.at,
        fix: 'Write `answeredBy: APP` in the traffic.',
      },
    ];
  const known = Object.keys(owner.identify);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      what: `The answers of ${owner.name} cannot tell \`${name}\`.`,
      where: check.at,
      fix: suggestion(name, known),
    }));
}
