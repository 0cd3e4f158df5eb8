import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { answersTo, goldenFolder, goldenScenarios } from '../support/golden-scenarios.ts';
import { type Category, categoryOf, differences, lineOf } from '../support/xds-diff.ts';

interface Listed {
  scenario: string;
  proxy: string;
  category: Category;
  path: string;
  reason: string;
}
const accepted = parse(readFileSync(join(goldenFolder, 'differences.yaml'), 'utf8')) as {
  differences: Listed[];
  later: { scenario: string; reason: string }[];
};
const later = new Set(accepted.later.map((l) => l.scenario));
const scenarios = goldenScenarios();
const built = scenarios.filter((s) => !later.has(s.name));

describe.each(built)('istiod answers $name', (scenario) => {
  const listed = accepted.differences.filter((d) => d.scenario === scenario.name);
  let answers: Awaited<ReturnType<typeof answersTo>>;
  beforeAll(async () => {
    answers = await answersTo(scenario);
  });

  it.each(scenario.sidecars)('%s is configured as by istiod', (proxy) => {
    const known = listed.filter((d) => d.proxy === proxy);
    const found = differences(scenario.expected.get(proxy), answers.configs.get(proxy));
    const unlisted = found.filter(({ path }) => !known.some((d) => path.startsWith(d.path)));
    expect(unlisted.slice(0, 20).map(lineOf), `${unlisted.length} differences`).toEqual([]);
    const healed = known.filter((d) => !found.some(({ path }) => path.startsWith(d.path)));
    expect(healed, 'these are equal now: take them out of differences.yaml').toEqual([]);
  });
});

describe('differences.yaml', () => {
  const entries = accepted.differences;

  it('lists at most 10 differences, each with its category and reason', () => {
    expect(entries.length).toBeLessThanOrEqual(10);
    expect(entries.filter((d) => d.category !== categoryOf(d.path) || !d.reason)).toEqual([]);
    const sidecars = scenarios.flatMap((s) => s.sidecars.map((proxy) => `${s.name}/${proxy}`));
    expect(entries.map((d) => `${d.scenario}/${d.proxy}`).filter((name) => !sidecars.includes(name))).toEqual([]);
  });

  it.each(accepted.later)('$scenario still differs: $reason', async ({ scenario: name }) => {
    const scenario = scenarios.find((s) => s.name === name);
    if (!scenario) throw new Error(`there is no scenario ${name}`);
    const { configs } = await answersTo(scenario);
    const found = scenario.sidecars.flatMap((proxy) => differences(scenario.expected.get(proxy), configs.get(proxy)));
    expect(found.length).toBeGreaterThan(0);
  });

  it('leaves no scenario out', () => {
    expect(scenarios.length).toBe(23);
    expect(scenarios.flatMap((s) => s.sidecars.filter((proxy) => s.expected.has(proxy)))).toHaveLength(48);
  });
});
