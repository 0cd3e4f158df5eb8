import { describe, expect, it } from 'vitest';
import { type FakeWorld, fakePlace } from '../../test/support/fake-place.ts';
import { writtenLab } from '../../test/support/labs.ts';
import { runLabsAt } from '../../test/support/run-lab.ts';

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\ndata: { k: v }\n';

const lab = (steps: string, checks: string) =>
  writtenLab(
    `id: stages
title: t
module: m
level: beginner
minutes: 1
tier: core
objectives: [o]
dataPlanes: [sidecar]
apps: [curl]
task: t
traffic:
  once: { from: curl, request: { url: 'http://curl/' }, requests: 3 }
  beside: { from: curl, request: { url: 'http://curl/' }, until: stopped }
steps:
${steps}
solutions: [{ id: right, steps: { one: [map.yaml] } }]
checks:
${checks}
control: { fails: [there], holds: [] }
debrief: d
`,
    { 'map.yaml': manifest },
  );

const there = '  - { id: there, title: It is there, object: { apiVersion: v1, kind: ConfigMap, name: map } }';
const run = async (steps: string, checks: string, world: Partial<FakeWorld> = {}) => {
  const place = fakePlace(world);
  const { results } = await runLabsAt(place, [await lab(steps, checks)], { prove: 'full' });
  return { result: results[0], log: place.log };
};

describe('steps', () => {
  it('judge what ran beside them, from start to stop', async () => {
    const { result, log } = await run(
      '  - { id: one, during: [beside], checks: [there, calm], stop: [beside] }',
      `${there}\n  - { id: calm, title: No call fails, traffic: beside, expect: { status: 200 } }`,
      { settle: async () => void (await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))) },
    );
    expect(result).toMatchObject({ verdict: 'passed' });
    expect(result?.checks.find(({ id }) => id === 'calm')?.measured).toMatch(/^[1-9]\d* of /);
    expect(log.filter((entry) => entry.startsWith('send beside'))).toHaveLength(2);
  });

  it('do not pass by traffic that died beside them', async () => {
    const { result } = await run(
      '  - { id: one, during: [beside], checks: [there, calm], stop: [beside] }',
      `${there}\n  - { id: calm, title: No call fails, traffic: beside, expect: { status: 200 } }`,
      {
        disturb: (i) => (i === 2 ? 'end' : undefined),
        settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
      },
    );
    expect(result).toMatchObject({ verdict: 'error', reason: expect.stringMatching(/ended after 2 requests/) });
  });

  it('wait for a state, and are an error with what was seen when it does not come', async () => {
    const step = (name: string) =>
      `  - { id: one, await: [{ object: { apiVersion: v1, kind: ConfigMap, name: ${name} }, within: 2s }], checks: [there] }`;
    // In the control the state never comes, which is what an await is not for; so without it.
    const place = fakePlace();
    const good = await runLabsAt(place, [await lab(step('map'), there)]);
    expect(good.results[0]).toMatchObject({ verdict: 'passed' });
    const bad = await runLabsAt(place, [await lab(step('other'), there)]);
    expect(bad.results[0]).toMatchObject({ verdict: 'error', reason: expect.stringMatching(/Not true after 2 s/) });
  });

  it('restart and scale', async () => {
    const deployment = '{ apiVersion: apps/v1, kind: Deployment, name: curl';
    const { result } = await run(
      '  - { id: one, actions: [{ restart: { workload: curl } }, { scale: { deployment: curl, replicas: 3 } }], checks: [there, scaled, same] }',
      `${there}
  - { id: scaled, title: Three, object: ${deployment}, fields: { spec.replicas: 3 } } }
  - { id: same, title: The template changed, object: ${deployment}, unchanged: [spec.template] } }`,
    );
    expect(result?.checks.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['there', 'passed'],
      ['scaled', 'passed'],
      ['same', 'failed'],
    ]);
  });
});
