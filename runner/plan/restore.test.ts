import { describe, expect, it } from 'vitest';
import { type FakeWorld, fakePlace } from '../../test/support/fake-place.ts';
import { writtenLab } from '../../test/support/labs.ts';
import { runLabsAt } from '../../test/support/run-lab.ts';

const configMap = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { k: ${value} }\n`;

/** The check passes when the answer is 200, which the world decides by the ConfigMap `answer`. */
const lab = (extra = '', files = 'apply: [right.yaml]') =>
  writtenLab(
    `id: mini
title: t
module: m
level: beginner
minutes: 1
tier: core
objectives: [o]
dataPlanes: [sidecar]
apps: [curl]
setup: [setup.yaml]
task: t
traffic:
  calls: { from: curl, request: { url: 'http://curl/' }, requests: 3 }
solutions: [{ id: right, ${files} }]
checks:
  - { id: ok, title: It answers, traffic: calls, expect: { status: 200 } }
control: { fails: [ok] }
mutants:
  - { id: wrong, of: right, patch: wrong.yaml, fails: ok }
  - { id: refused, of: right, patch: refused.yaml, fails: admission, says: 'data.k' }
${extra}debrief: d
`,
    {
      'setup.yaml': configMap('answer', 'bad'),
      'right.yaml': configMap('answer', 'good'),
      'wrong.yaml': configMap('answer', 'worse'),
      'refused.yaml': configMap('answer', 'refuse'),
    },
  );

const world: Partial<FakeWorld> = {
  answer: ({ kube }) => {
    const map = kube.all('ConfigMap')[0] as { data?: { k: string } } | undefined;
    return { status: map?.data?.k === 'good' ? 200 : 500 };
  },
  admit: (object) => ((object as { data?: { k: string } }).data?.k === 'refuse' ? 'data.k: Invalid value' : undefined),
};

const withoutSends = (log: readonly string[]) => log.filter((entry) => !entry.startsWith('send'));

describe('going back to the base state', () => {
  it('gives objects that a solution changed their first value, without a reset', async () => {
    const place = fakePlace(world);
    const { results } = await runLabsAt(place, [await lab()], { prove: 'full' });
    expect(results[0]).toMatchObject({ verdict: 'passed' });
    expect(results[0]?.proof?.mutants.map(({ rejectedBy }) => rejectedBy)).toEqual(['ok', 'admission']);
    expect(withoutSends(place.log)).toEqual(['open', 'close']);
  });

  it('resets the mesh where taking back does not give the same hash', async () => {
    let disturbed = false;
    const place = fakePlace({
      ...world,
      disturb: (_, kube) => {
        // Something that no journal knows, once.
        if (!disturbed)
          kube.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'stray', namespace: 'default' } });
        disturbed = true;
        return undefined;
      },
    });
    const { results } = await runLabsAt(place, [await lab()], { prove: 'full' });
    expect(withoutSends(place.log)).toEqual(['open', 'reset', 'close']);
    expect(results[0]).toMatchObject({ verdict: 'passed' });
  });

  it('is an error where not even a reset gives the same hash', async () => {
    const place = fakePlace({
      ...world,
      disturb: (_, kube) => {
        kube.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'stray', namespace: 'default' } });
        return undefined;
      },
      reset: () => undefined,
    });
    const { results } = await runLabsAt(place, [await lab()], { prove: 'full' });
    expect(results[0]).toMatchObject({ verdict: 'error', reason: expect.stringMatching(/first state/) });
  });

  it('resets after an action, which no journal can take back', async () => {
    const steps = `steps:
  - { id: one, actions: [{ delete: { files: [setup.yaml] } }], checks: [ok] }
`;
    const withSteps = await lab(steps, 'steps: { one: [right.yaml] }');
    const place = fakePlace(world);
    const { results } = await runLabsAt(place, [withSteps], { prove: 'full' });
    expect(results[0]).toMatchObject({ verdict: 'passed' });
    expect(place.log.filter((entry) => entry === 'reset').length).toBeGreaterThan(0);
  });
});

describe('a lab whose files are refused', () => {
  it('is wrong: the file, the line and the words of the API server', async () => {
    const place = fakePlace({ ...world, admit: (o) => (o.kind === 'ConfigMap' ? 'spec: Invalid value' : undefined) });
    const { results } = await runLabsAt(place, [await lab()]);
    expect(results[0]).toMatchObject({ verdict: 'error', blame: 'lab' });
    expect(results[0]?.problems?.[0]).toMatchObject({
      what: 'ConfigMap answer is refused: spec: Invalid value',
      where: { file: 'labs/mini/setup.yaml', line: expect.any(Number) },
    });
  });
});

describe('an interruption', () => {
  it.each(['open', 'settle', 'disturb'] as const)('during %s closes the mesh and is told', async (moment) => {
    const stop = new AbortController();
    const interrupt = async () => stop.abort(new Error('Interrupted by SIGINT'));
    const place = fakePlace({
      ...world,
      ...(moment === 'disturb'
        ? {
            disturb: (i: number) => {
              if (i === 1) void interrupt();
              return undefined;
            },
          }
        : { [moment]: interrupt }),
    });
    const { results } = await runLabsAt(place, [await lab()], { prove: 'full', signal: stop.signal });
    expect(results[0]).toMatchObject({ verdict: 'error', blame: 'interrupted', reason: 'Interrupted.' });
    expect(place.log.filter((entry) => entry === 'open').length).toBe(place.log.filter((e) => e === 'close').length);
  });
});
