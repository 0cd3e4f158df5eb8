import { describe, expect, it } from 'vitest';
import { loadChanged } from '../../test/support/lab-fixture.ts';
import type { SourceObject } from '../lab/lab.ts';
import { lintLab, lintRules } from './lint.ts';

type Change = [string, string];

const steps = (first: string, second = ''): Change => [
  'solutions:',
  `steps:\n  - { id: a, ${first} checks: [split] }\n  - { id: b, ${second} checks: [ok] }\nsolutions:`,
];
const inSteps: Change = ['apply: [manifests/rule.yaml]', 'steps: { a: [manifests/rule.yaml] }'];
const few = 'few: { from: curl, request: { url: http://customers/ }, requests: 5 }';
const share = (requests: number, more = ''): Change[] => [
  ['until: decided', `requests: ${requests}`],
  ['v2: 30 }', `v2: 30 }${more}`],
];

/** Rule, what is changed in the good lab, and what lint says then (nothing where the rule must be silent). */
const table: [string, Change[], RegExp | undefined, string?][] = [
  ['ids', [['id: demo', 'id: other']], /The id is other, the folder demo/],
  [
    'ids',
    [
      ['id: ok', 'id: split'],
      ['fails: ok', 'fails: split'],
    ],
    /two checks `split`/,
  ],
  [
    'ids',
    [['mutants:\n', 'mutants:\n  - { id: wrong, of: rule, without: manifests/rule.yaml, fails: ok }\n']],
    /two mutants `wrong`/,
  ],
  ['control', [['control: { fails: [split], holds: [] }\n', '']], /solutions but no control/],
  ['control', [['holds: []', 'holds: [split]']], /both fails and holds/],
  [
    'provable',
    [
      ['solutions:\n  - id: rule\n    apply: [manifests/rule.yaml]\n', ''],
      ['mutants:\n  - { id: wrong, of: rule, patch: mutants/wrong.yaml, fails: ok }\n', ''],
    ],
    /no solution, no fault and no question/,
  ],
  ['proven', [['fails: ok', 'fails: split']], /Nothing shows that the check `ok` can fail/],
  ['proven', [['fails: ok', 'fails: admission, says: no']], /Nothing shows that the check `ok` can fail/],
  ['traffic', [['traffic: few', 'traffic: calls']], /No check reads the traffic `few`/],
  ['traffic', [['requests: 5', 'until: decided']], /waits for a statistical check/],
  ['traffic', [['requests: 5', 'until: stopped']], /`few` is never started/],
  ['traffic', [['requests: 5', 'until: stopped'], steps('during: [few],'), inSteps], /`few` is never stopped/],
  ['traffic', [['requests: 5', 'until: stopped'], steps('during: [few],', 'stop: [few],'), inSteps], undefined],
  ['traffic', [steps('during: [few],'), inSteps], /runs beside steps but ends by itself/],
  ['senders', [[few, few.replace('from: curl', 'from: crul')]], /label app=crul/, 'Did you mean `curl`?'],
  ['senders', [[few, few.replace('from: curl', 'from: curl.prod')]], /label app=curl.prod/],
  ['senders', [[few, few.replace('from: curl', 'from: edge')]], undefined],
  ['sample', share(1000), /passes a wrong share with probability 9\.\de-1/],
  ['sample', share(1000, ', deviation: 20%, alpha: 0.001'), undefined],
  ['sample', share(10_000), undefined],
  ['sample', [['until: decided', 'until: decided, atMost: 5000']], /needs about 2\d+ calls; a cap of 5000/],
  ['sample', [['v1: 70, v2: 30', 'v1: 99, v2: 1']], /needs about 14\d+ calls; a cap of 20000/],
  ['sample', [['v1: 70, v2: 30', 'v1: 100, v2: 0']], undefined],
  ['sample', [['until: decided', 'for: 5s']], /has no size/],
  ['sample', [['status: 200', 'status: 200, of: { atLeast: 45%, atMost: 55% }']], /bounds a share from both sides/],
  ['versions', [['v2: 30 }', 'v3: 30 }']], /answers of customers cannot tell `v3`/],
  ['versions', [['until: decided', 'until: decided, answeredBy: curl']], /answers of curl cannot tell `v1`/],
  ['versions', [['url: http://customers/ }, until', 'url: http://nobody/ }, until']], /Nobody knows which app answers/],
  ['needs', [['dataPlanes: [sidecar]', 'dataPlanes: [sidecar, ambient]']], /ztunnel does not read VirtualService/],
  [
    'needs',
    [
      ['dataPlanes: [sidecar]', 'dataPlanes: [sidecar, ambient]'],
      ['- id: rule', '- id: rule\n    needs: { ambient: waypoint }'],
    ],
    undefined,
  ],
  ['texts', [['task: Do it.', 'task: Do <script>it</script>.']], /contains HTML: <script>/],
  ['texts', [['task: Do it.', 'task: Do `<NAME>` it, 1 < 2.']], undefined],
];

describe('lint', () => {
  it('finds nothing wrong with the good lab', async () => {
    const { lab, problems } = await loadChanged([]);
    expect(problems).toEqual([]);
    expect(lab && lintLab(lab)).toEqual([]);
  });

  it.each(table)('%s: %j', async (name, changes, what, fix) => {
    const { lab, problems } = await loadChanged(changes);
    expect(problems).toEqual([]);
    const found = lab ? (lintRules.find((rule) => rule.name === name)?.problems(lab, {}) ?? []) : undefined;
    if (!what) return expect(found).toEqual([]);
    expect(found?.[0]?.what).toMatch(what);
    if (fix) expect(found?.[0]?.fix).toBe(fix);
    expect(found?.[0]?.where?.line).toBeGreaterThan(0);
  });

  it('objects: what admission says, with the line of the field', async () => {
    const { lab } = await loadChanged([]);
    const validate = ({ object, locate }: SourceObject) =>
      object.kind === 'VirtualService' ? [{ what: 'is odd', where: locate(['spec', 'hosts', 0]) }] : [];
    expect(lab && lintLab(lab, { validate })).toEqual([
      { what: 'is odd', where: { file: 'labs/demo/manifests/rule.yaml', line: 5, column: 11 } },
    ]);
  });

  it('has a row for every rule', () => {
    const rows = new Set([...table.map(([name]) => name), 'objects']);
    expect([...rows].sort()).toEqual(lintRules.map((rule) => rule.name).sort());
  });
});
