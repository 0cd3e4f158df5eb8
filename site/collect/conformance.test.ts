import { expect, it } from 'vitest';
import type { Receipt } from '../../runner/report/receipt/schema.ts';
import { gatewayApiSuite, goldenScenarios, labMatrix } from './conformance.ts';
import { labs } from './labs.ts';

const receipt = (date: string, verdict: string) =>
  ({ lab: 'canary', place: 'sim', dataPlane: 'sidecar', date, verdict }) as Receipt;

it('tells the newest run of each place, and what was not run', async () => {
  const canary = (await labs()).filter(({ id }) => id === 'canary');
  const rows = labMatrix(canary, [
    receipt('2026-11-20T10:00:00Z', 'failed'),
    receipt('2026-11-21T10:00:00Z', 'passed'),
  ]);
  expect(rows[0]?.cells.map(({ place, dataPlane, state, date }) => [place, dataPlane, state, date])).toEqual([
    ['sim', 'sidecar', 'passed', '2026-11-21'],
    ['local', 'sidecar', 'not run', undefined],
    ['sim', 'ambient', 'not for', undefined],
    ['local', 'ambient', 'not for', undefined],
  ]);
});

it('reads the suite of the Gateway API, every gap with its reason', () => {
  const { tests, gaps, differences } = gatewayApiSuite();
  expect(tests).toBeGreaterThan(gaps.length);
  expect(
    [...gaps.map(({ why }) => why), ...differences.map(({ what }) => what)].filter((text) => text.length < 5),
  ).toEqual([]);
});

it('finds the golden scenarios with their titles', () => {
  expect(goldenScenarios().map(({ id }) => id)).toContain('a02-weighted-subsets');
});
