import { describe, expect, it } from 'vitest';
import { loadChanged } from '../../test/support/lab-fixture.ts';
import type { Solution } from './lab.ts';

const rule = (name: string, host: string) =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: ${name} }\nspec: { hosts: [${host}] }\n`;

/** Hosts of the VirtualServices that are applied, by step. */
const hosts = (apply: Solution['apply'] | undefined) =>
  Object.fromEntries(
    Object.entries(apply ?? {}).map(([step, files]) => [
      step,
      files.flatMap((file) => file.objects.map(({ object }) => object.spec?.hosts)).flat(),
    ]),
  );

const steps = `steps:
  - { id: first, apply: [manifests/given.yaml], checks: [split] }
  - { id: second, actions: [{ delete: { files: [manifests/given.yaml] } }], await: [{ object: { apiVersion: v1, kind: Pod }, within: 30s }], checks: [ok] }
solutions:`;
const inSteps: [string, string][] = [
  ['solutions:', steps],
  ['apply: [manifests/rule.yaml]', 'steps: { first: [manifests/rule.yaml], second: [manifests/rule.yaml] }'],
];
const given = { 'labs/demo/manifests/given.yaml': rule('given', 'given') };

describe('a lab without steps', () => {
  it('is one step with the solution and all checks', async () => {
    const { lab } = await loadChanged([]);
    expect(lab?.steps.map((step) => [step.id, step.checks.map((check) => check.id)])).toEqual([
      ['solve', ['split', 'ok']],
    ]);
    expect(hosts(lab?.solutions[0]?.apply)).toEqual({ solve: ['customers'] });
    expect(lab?.solutions[0]?.dataPlanes).toEqual(['sidecar']);
  });
});

describe('a lab with steps', () => {
  it('says which files belong to which step', async () => {
    const { lab, problems } = await loadChanged(inSteps, given);
    expect(problems).toEqual([]);
    expect(hosts(lab?.solutions[0]?.apply)).toEqual({ first: ['customers'], second: ['customers'] });
    expect(lab?.steps[0]?.apply.map((file) => file.path)).toEqual(['labs/demo/manifests/given.yaml']);
    expect(lab?.steps[1]?.actions[0]?.delete?.files[0]?.objects[0]?.object.metadata.name).toBe('given');
    expect(lab?.steps[1]?.await[0]).toMatchObject({ withinMs: 30_000, object: { kind: 'Pod', namespace: 'default' } });
  });

  it.each<[string, [string, string], RegExp]>([
    ['a check in two steps', ['checks: [ok]', 'checks: [ok, split]'], /`split` is in two steps/],
    ['a check in no step', ['checks: [ok]', 'checks: [split]'], /No step judges the check `ok`/],
    ['an unknown step', ['second: [manifests', 'secnd: [manifests'], /There is no step `secnd`/],
  ])('refuses %s', async (_, change, what) => {
    const changes = inSteps.map(([from, to]): [string, string] => [from, to.replace(...change)]);
    const { problems } = await loadChanged(changes, given);
    expect(problems.map((p) => p.what).join()).toMatch(what);
  });
});

describe('mutants', () => {
  const mutant = (text: string): [string, string] => ['patch: mutants/wrong.yaml', text];
  it.each<[string, [string, string][], object]>([
    ['patch: the object is replaced', [], { solve: ['custmers'] }],
    ['add: an object more', [mutant('add: mutants/wrong.yaml')], { solve: ['customers', 'custmers'] }],
    ['without: a file less', [mutant('without: manifests/rule.yaml')], { solve: [] }],
    ['without and add', [mutant('without: manifests/rule.yaml, add: mutants/wrong.yaml')], { solve: ['custmers'] }],
    ['patch in every step', inSteps, { first: ['custmers'], second: ['custmers'] }],
    [
      'patch in one step',
      [...inSteps, mutant('patch: mutants/wrong.yaml, step: second')],
      { first: ['customers'], second: ['custmers'] },
    ],
    [
      'add in the first step with files',
      [...inSteps, mutant('add: mutants/wrong.yaml')],
      { first: ['customers', 'custmers'], second: ['customers'] },
    ],
    [
      'add in one step',
      [...inSteps, mutant('add: mutants/wrong.yaml, step: second')],
      { first: ['customers'], second: ['customers', 'custmers'] },
    ],
  ])('%s', async (_, changes, expected) => {
    const { lab, problems } = await loadChanged(changes, given);
    expect(problems).toEqual([]);
    expect(hosts(lab?.mutants[0]?.apply)).toEqual(expected);
  });
});

describe('faults', () => {
  const fault = `faults:
  - id: typo
    title: Typo
    patch: mutants/wrong.yaml
    fails: ok
    symptom: { status: 503 }
    tool: { analyze: IST0101 }
    fix: { apply: [manifests/rule.yaml] }
debrief:`;
  it('are planted into the solved lab', async () => {
    const { lab, problems } = await loadChanged([['debrief:', fault]]);
    expect(problems).toEqual([]);
    expect(lab?.faults[0]?.plant.map(({ object }) => object.spec?.hosts)).toEqual([['custmers']]);
    expect(lab?.faults[0]?.fix.apply.map((file) => file.path)).toEqual(['labs/demo/manifests/rule.yaml']);
  });
});

describe('decision tables', () => {
  const table = `checks:
  - id: table
    title: Who may
    repeat: 3
    rows:
      - { id: a, from: curl.prod, request: { url: http://customers.default/, headers: { X-User: a }, timeout: 300ms }, expect: { status: 403 }, because: denied }
`;
  it('make a check and a traffic of every row', async () => {
    const { lab, problems } = await loadChanged([
      ['checks:\n', table],
      ['holds: []', 'holds: [table/a]'],
    ]);
    expect(problems).toEqual([]);
    expect(lab?.checks[0]).toMatchObject({
      id: 'table/a',
      table: 'table',
      traffic: 'table/a',
      title: 'Who may: a — denied',
    });
    expect(lab?.traffic['table/a']).toEqual({
      id: 'table/a',
      from: { app: 'curl', namespace: 'prod' },
      request: { url: 'http://customers.default/', method: 'GET', headers: { 'x-user': 'a' }, timeoutMs: 300 },
      unit: 'request',
      concurrency: 1,
      limit: { requests: 3 },
      until: 'limit',
      answeredBy: 'customers',
    });
  });
});

describe('traffic', () => {
  it.each<[string, [string, string], object]>([
    ['a number', ['requests: 5', 'requests: 5'], { limit: { requests: 5 }, until: 'limit' }],
    [
      'a time and a rate',
      ['requests: 5', 'for: 1.5s, rate: 10/s'],
      { limit: { durationMs: 1500 }, rate: 10, until: 'limit' },
    ],
    ['until decided', ['requests: 5', 'until: decided, atMost: 9'], { limit: { requests: 9 }, until: 'decided' }],
    ['until stopped', ['requests: 5', 'until: stopped'], { limit: {}, until: 'stopped' }],
    ['a named app', ['requests: 5', 'requests: 5, answeredBy: curl'], { answeredBy: 'curl' }],
    [
      'a full name',
      ['customers/ }, requests', 'customers.default.svc.cluster.local:80/ }, requests'],
      { answeredBy: 'customers' },
    ],
    ['another namespace', ['customers/ }, requests', 'customers.prod/ }, requests'], {}],
  ])('%s', async (_, change, part) => {
    const { lab, problems } = await loadChanged([change]);
    expect(problems).toEqual([]);
    expect(lab?.traffic.few).toMatchObject(part);
    if (Object.keys(part).length === 0) expect(lab?.traffic.few?.answeredBy).toBeUndefined();
  });
});

describe('positions in manifests', () => {
  it('are those of the field, or of what is there of its way', async () => {
    const { lab } = await loadChanged([]);
    const source = lab?.solutions[0]?.apply.solve?.[0]?.objects[0];
    const file = 'labs/demo/manifests/rule.yaml';
    expect(source?.locate(['spec', 'hosts', 0])).toEqual({ file, line: 5, column: 11 });
    expect(source?.locate(['spec', 'http', 0, 'route'])).toEqual({ file, line: 5, column: 3 });
    expect(source?.locate(['metadata', 'name'])).toEqual({ file, line: 3, column: 19 });
  });
});
