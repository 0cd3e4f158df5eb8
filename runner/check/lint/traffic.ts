import type { Problem } from '../../../mesh/problem.ts';
import type { Lab, Traffic, TrafficCheck } from '../../lab/lab.ts';
import type { LintRule } from './rule.ts';

/** Every traffic is judged, and ends the way its checks need it to. */
export const traffic: LintRule = {
  name: 'traffic',
  problems: (lab) =>
    Object.values(lab.traffic).flatMap((one) => [...unused(lab, one), ...decided(lab, one), ...background(lab, one)]),
};

const checksOf = (lab: Lab, { id }: Traffic) =>
  lab.checks.filter((check): check is TrafficCheck => check.needs === 'observations' && check.traffic === id);

function unused(lab: Lab, one: Traffic): Problem[] {
  if (checksOf(lab, one).length > 0 || lab.steps.some((step) => step.during.includes(one.id))) return [];
  return [
    {
      what: `No check reads the traffic \`${one.id}\`.`,
      where: lab.locate(['traffic', one.id], 'key'),
      fix: 'Remove it.',
    },
  ];
}

function decided(lab: Lab, one: Traffic): Problem[] {
  if (one.until !== 'decided' || checksOf(lab, one).some((check) => check.expect.share)) return [];
  const what = `\`until: decided\` of \`${one.id}\` waits for a statistical check, and none reads it.`;
  return [{ what, where: lab.locate(['traffic', one.id, 'until']), fix: 'Write `requests: N`.' }];
}

/** Background traffic starts and ends in steps; and only background traffic does. */
function background(lab: Lab, one: Traffic): Problem[] {
  const started = lab.steps.some((step) => step.during.includes(one.id));
  const ended = lab.steps.some((step) => step.stop.includes(one.id));
  const where = lab.locate(['traffic', one.id], 'key');
  if (one.until !== 'stopped')
    return started || ended
      ? [{ what: `\`${one.id}\` runs beside steps but ends by itself.`, where, fix: 'Write `until: stopped`.' }]
      : [];
  const fix = 'Name it in `during` of the step that starts it and in `stop` of the one that ends it.';
  return started && ended ? [] : [{ what: `\`${one.id}\` is never ${started ? 'stopped' : 'started'}.`, where, fix }];
}
