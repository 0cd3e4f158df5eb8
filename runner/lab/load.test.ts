import { describe, expect, it } from 'vitest';
import { goodFiles, loadChanged, memoryFs } from '../../test/support/lab-fixture.ts';
import { loadLab } from './load.ts';

const lab = 'labs/demo/lab.yaml';
const rule = 'labs/demo/manifests/rule.yaml';

/** A change of lab.yaml; where the problem is found, what it says, and how it is mended. */
const wrongLabs: [string, [string, string], [number, number], string | RegExp, string | RegExp][] = [
  ['unknown field', ['tier: core', 'teir: core'], [6, 1], 'There is no field `teir`.', 'Did you mean `tier`?'],
  [
    'unknown field, deep',
    ['url: http://customers/ }, until', 'ulr: http://customers/ }, until'],
    [12, 35],
    /no field `ulr` in `traffic.calls.request`/,
    'Did you mean `url`?',
  ],
  ['missing field', ['title: Demo\n', ''], [1, 1], '`title` is missing.', /^Add it: /],
  ['wrong type', ['minutes: 5', 'minutes: five'], [5, 10], '`minutes` must be a number, not "five".', /./],
  [
    'wrong word',
    ['level: beginner', 'level: begginer'],
    [4, 8],
    /^`level` is "begginer", but may be beginner, /,
    'Did you mean `beginner`?',
  ],
  ['no unit', ['requests: 5', 'for: 5'], [13, 64], '`traffic.few.for` must be a string, not 5.', /300ms, 5s/],
  ['wrong unit', ['requests: 5', 'for: 5sec'], [13, 64], /is not a duration: write a number with ms, s, m or h/, /./],
  ['no end of traffic', [', requests: 5', ''], [13, 8], /needs exactly one end/, /./],
  [
    'two kinds in one check',
    ['expect: { status: 200 }', 'expect: { status: 200, share: { by: version, of: { v1: 1 } } }'],
    [25, 13],
    /`share` stands alone/,
    /./,
  ],
  [
    'path out of the lab',
    ['[manifests/rule.yaml]', '[../canary/manifests/rule.yaml]'],
    [16, 13],
    /not a YAML file below the folder/,
    /./,
  ],
  [
    'missing file',
    ['[manifests/rule.yaml]', '[manifests/rul.yaml]'],
    [16, 13],
    'There is no file manifests/rul.yaml.',
    'Did you mean `manifests/rule.yaml`?',
  ],
  [
    'unknown traffic',
    ['traffic: calls', 'traffic: call'],
    [20, 14],
    'There is no traffic `call`.',
    'Did you mean `calls`?',
  ],
  [
    'unknown check',
    ['fails: [split]', 'fails: [slpit]'],
    [26, 20],
    'There is no check `slpit`.',
    'Did you mean `split`?',
  ],
  ['unknown solution', ['of: rule', 'of: rull'], [28, 22], 'There is no solution `rull`.', 'Did you mean `rule`?'],
  [
    'unknown app',
    ['apps: [customers, curl]', 'apps: [custommers, curl]'],
    [9, 8],
    'There is no app `custommers`.',
    'Did you mean `customers`?',
  ],
  [
    'without nothing',
    ['patch: mutants/wrong.yaml', 'without: mutants/wrong.yaml'],
    [28, 37],
    /is not applied there anyway/,
    /./,
  ],
  [
    'strange data plane',
    ['- id: rule\n', '- id: rule\n    dataPlanes: [ambient]\n'],
    [16, 17],
    /does not run on ambient/,
    /./,
  ],
  [
    'steps of a lab without steps',
    ['apply: [manifests/rule.yaml]', 'steps: { a: [manifests/rule.yaml] }'],
    [16, 12],
    'The lab has no steps.',
    /apply/,
  ],
  ['tab', ['  - id: ok', '\t- id: ok'], [22, 1], /^This is not YAML: /, /./],
  [
    'key twice',
    ['tier: core', 'tier: core\ntier: core'],
    [7, 1],
    /^This is not YAML: .*unique/,
    'Keep one of the two.',
  ],
  ['bracket left open', ['objectives: [Learn]', 'objectives: [Learn'], [8, 1], /^This is not YAML: /, /./],
];

describe('a wrong lab.yaml', () => {
  it.each(wrongLabs)('%s', async (_, change, [line, column], what, fix) => {
    const { lab: loaded, problems } = await loadChanged([change]);
    expect(loaded).toBeUndefined();
    const [first] = problems;
    expect(first?.what).toMatch(what);
    expect(first?.fix).toMatch(fix);
    expect(first?.where).toEqual({ file: lab, line, column });
  });

  it('tells all that is wrong at once', async () => {
    const { problems } = await loadChanged([
      ['tier: core', 'teir: core'],
      ['minutes: 5', 'minutes: 0'],
    ]);
    expect(problems.map((p) => p.where?.line).sort()).toEqual([5, 6]);
  });
});

describe('a wrong manifest', () => {
  it.each<[string, string | undefined, RegExp, number | undefined]>([
    ['bad YAML', 'a: [1', /^This is not YAML/, 1],
    ['no object', '# nothing\n', /no object in this file/, undefined],
    ['a list', '- a\n', /not a Kubernetes object/, 1],
    ['no kind', 'apiVersion: v1\nmetadata: { name: a }\n', /`kind` is missing/, 1],
    ['no name', 'apiVersion: v1\nkind: Service\nmetadata:\n  labels: {}\n', /`metadata.name` is missing/, 4],
    ['alias to nothing', 'a: *b\n', /^This is not YAML|cannot be read/, undefined],
  ])('%s', async (_, text, what, line) => {
    const { problems } = await loadChanged([], { [rule]: text, 'labs/demo/mutants/wrong.yaml': undefined });
    const problem = problems.find(({ where }) => where?.file === rule);
    expect(problem?.what).toMatch(what);
    expect(problem?.where?.line).toBe(line);
  });

  it('that replaces an object which is not there', async () => {
    const text = 'apiVersion: v1\nkind: Service\nmetadata: { name: other }\n';
    const { problems } = await loadChanged([], { 'labs/demo/mutants/wrong.yaml': text });
    expect(problems[0]?.what).toContain('replaces Service./default/other, which is not there');
    expect(problems[0]?.fix).toContain('VirtualService.networking.istio.io/default/rule');
  });
});

describe('a wrong app', () => {
  it.each([
    ['unknown field', 'name: curl\nmanifest: [curl.yaml]\n', 'There is no field `manifest`.'],
    ['missing file', 'name: curl\nmanifests: [crul.yaml]\n', 'There is no file crul.yaml.'],
    ['wrong name', 'name: carl\nmanifests: [curl.yaml]\n', 'The name is carl, the folder curl.'],
  ])('%s', async (_, text, what) => {
    const { problems } = await loadChanged([], { 'labs/_apps/curl/app.yaml': text });
    expect(problems.map((p) => p.what)).toContain(what);
    expect(problems[0]?.where?.file).toBe('labs/_apps/curl/app.yaml');
  });
});

describe('loadLab', () => {
  it('suggests the nearest lab', async () => {
    await expect(loadLab(memoryFs(goodFiles), 'labs', 'dmo')).rejects.toMatchObject({
      problems: [{ what: 'There is no lab `dmo`.', fix: 'Did you mean `demo`?' }],
    });
  });

  it('loads a lab that is right, without problems', async () => {
    expect((await loadLab(memoryFs(goodFiles), 'labs', 'demo')).id).toBe('demo');
  });
});
